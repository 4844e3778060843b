package dev.proxima.experiments;

/** What the command {@code proxima} exits with. */
public final class ExitStatus {

  /** All went well. */
  public static final int OK = 0;

  /** The program failed. */
  public static final int FAILED = 1;

  /** A mistake that the user can mend, see {@link UserError}. */
  public static final int USER_ERROR = 2;

  /** Stopped before its end. */
  public static final int INTERRUPTED = 130;

  private ExitStatus() {}
}

package dev.proxima.experiments;

/** A mistake that the user can mend: one clear line, shown without a stack trace; exit status 2. */
public final class UserError extends RuntimeException {

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}

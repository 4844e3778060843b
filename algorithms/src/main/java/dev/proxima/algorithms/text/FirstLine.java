package dev.proxima.algorithms.text;

import java.util.concurrent.CompletionException;

/** What went wrong, in one line. */
public final class FirstLine {

  private FirstLine() {}

  public static String of(String text) {
    return text.lines().findFirst().orElse("");
  }

  /**
   * Of what a failure says, or of its name where it says nothing; a {@link CompletionException}
   * speaks of the failure that it wraps.
   */
  public static String of(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return of(cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }
}

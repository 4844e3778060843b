package dev.proxima.actors.dataplane;

/** What went wrong, in one line. */
final class Reasons {

  private Reasons() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}

package dev.proxima.models.template;

/** What a template's {@code raise_exception} says. */
final class RaisedException extends RuntimeException {

  RaisedException(String message) {
    super(message);
  }
}

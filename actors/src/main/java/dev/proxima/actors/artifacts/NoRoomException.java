package dev.proxima.actors.artifacts;

import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;

/** A disk has no room for what is to be written; trying again succeeds when there is some. */
public final class NoRoomException extends ArtifactException {

  /** What systems say in words, as Java knows no type or number for it. */
  private static final String[] WORDS = {
    "no space left on device", "not enough space on the disk", "disk quota exceeded"
  };

  /**
   * @param message says which disk
   */
  public NoRoomException(String message) {
    super(message);
  }

  /** Whether it is for want of room that something failed. */
  public static boolean isBehind(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(cause -> cause instanceof NoRoomException || isSaidBy(cause));
  }

  private static boolean isSaidBy(Throwable cause) {
    if (!(cause instanceof IOException) || cause.getMessage() == null) {
      return false;
    }
    String message = cause.getMessage().toLowerCase(Locale.ROOT);
    return Stream.of(WORDS).anyMatch(message::contains);
  }
}

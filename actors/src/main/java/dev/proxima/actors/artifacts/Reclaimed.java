package dev.proxima.actors.artifacts;

/**
 * What a garbage collection has freed.
 *
 * @param artifacts how many artefacts, without left-over partial ones
 * @param bytes of all that was deleted
 */
public record Reclaimed(int artifacts, long bytes) {

  public static final Reclaimed NOTHING = new Reclaimed(0, 0);

  Reclaimed plus(Reclaimed other) {
    return new Reclaimed(artifacts + other.artifacts, bytes + other.bytes);
  }
}

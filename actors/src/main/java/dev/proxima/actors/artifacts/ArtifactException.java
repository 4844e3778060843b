package dev.proxima.actors.artifacts;

/** An artefact is missing or is not what its name says; the message is one line for the user. */
public final class ArtifactException extends RuntimeException {

  public ArtifactException(String message) {
    super(message);
  }
}

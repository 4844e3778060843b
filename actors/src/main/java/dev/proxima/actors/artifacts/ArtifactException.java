package dev.proxima.actors.artifacts;

/** An artefact is missing or is not what its name says; the message is one line for the user. */
public sealed class ArtifactException extends RuntimeException permits NoRoomException {

  public ArtifactException(String message) {
    super(message);
  }
}

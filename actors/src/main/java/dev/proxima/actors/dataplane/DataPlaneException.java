package dev.proxima.actors.dataplane;

/** An artefact did not come; the message is one line that names the sources or the folder. */
public final class DataPlaneException extends RuntimeException {

  public DataPlaneException(String message) {
    super(message);
  }

  public DataPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}

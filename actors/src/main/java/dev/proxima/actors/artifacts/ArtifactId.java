package dev.proxima.actors.artifacts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of an artefact: the SHA-256 of its bytes.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record ArtifactId(String sha256) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ArtifactId {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256: '" + sha256 + "'");
    }
  }

  @JsonValue
  @Override
  public String toString() {
    return sha256;
  }
}

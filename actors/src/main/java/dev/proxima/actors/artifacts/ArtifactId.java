package dev.proxima.actors.artifacts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an artefact: the SHA-256 of its {@link Manifest}, which has that of its content.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record ArtifactId(String sha256) {

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ArtifactId {
    if (!NAME.matcher(sha256).matches()) {
      throw new IllegalArgumentException("not a SHA-256: '" + sha256 + "'");
    }
  }

  /** The name that {@code text} is, if it is one. */
  static Optional<ArtifactId> parse(String text) {
    return NAME.matcher(text).matches() ? Optional.of(new ArtifactId(text)) : Optional.empty();
  }

  /** The name of these bytes. */
  public static ArtifactId of(byte[] bytes) {
    return Manifest.of(bytes).id();
  }

  @JsonValue
  @Override
  public String toString() {
    return sha256;
  }
}

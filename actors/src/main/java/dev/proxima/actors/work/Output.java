package dev.proxima.actors.work;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.serialization.CborSerializable;

/**
 * The result of a {@link Work}.
 *
 * @param artifact the result itself
 * @param log {@link StepMetrics} of every step where the work was training, else null
 */
public record Output(ArtifactId artifact, ArtifactId log) implements CborSerializable {

  public static Output of(ArtifactId artifact) {
    return new Output(artifact, null);
  }
}

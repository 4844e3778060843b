package dev.proxima.actors.work;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.serialization.CborSerializable;

/**
 * The result of a {@link Work}.
 *
 * @param artifact the result itself
 * @param log {@link StepMetrics} of every step where the work was training, else null
 * @param heldOut how good a policy is, the larger the better, where the work was its evaluation,
 *     else null; also in a journal from before there was such a measure
 */
public record Output(ArtifactId artifact, ArtifactId log, Double heldOut)
    implements CborSerializable {

  public static Output of(ArtifactId artifact) {
    return new Output(artifact, null, null);
  }

  /** Trained parameters and the log of their training. */
  public static Output trained(ArtifactId parameters, ArtifactId log) {
    return new Output(parameters, log, null);
  }

  /** A policy's metrics and the one that sums them up. */
  public static Output evaluated(ArtifactId metrics, double heldOut) {
    return new Output(metrics, null, heldOut);
  }
}

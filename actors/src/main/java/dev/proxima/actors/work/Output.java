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
 * @param rest what the rest of a training goes on from where steps are left of it, else null; also
 *     in a journal from before trainings had segments
 */
public record Output(ArtifactId artifact, ArtifactId log, Double heldOut, Continuation rest)
    implements CborSerializable {

  public static Output of(ArtifactId artifact) {
    return new Output(artifact, null, null, null);
  }

  /** Parameters at the end of their training, and the log of its last segment. */
  public static Output trained(ArtifactId parameters, ArtifactId log) {
    return new Output(parameters, log, null, null);
  }

  /** What the rest of a training starts with, and the log of its segment. */
  public static Output trained(ArtifactId parameters, ArtifactId log, Continuation rest) {
    return new Output(parameters, log, null, rest);
  }

  /** A policy's metrics and the one that sums them up. */
  public static Output evaluated(ArtifactId metrics, double heldOut) {
    return new Output(metrics, null, heldOut, null);
  }
}

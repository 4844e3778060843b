package dev.proxima.actors.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import java.util.List;

/**
 * What one iteration of one method left behind.
 *
 * @param iteration 0 for supervised fine-tuning
 * @param proximal thetahat_t and how it did on the held-out prompts
 * @param extrapolated theta_t, the next reference, likewise; the same as {@code proximal} at
 *     iteration 0 and where alpha is 0
 * @param alpha by which theta_t came from thetahat_t, in [-1, 1), see {@link ReferenceUpdate}; 0 at
 *     iteration 0
 * @param responses the labelled shards that it trained on; none at iteration 0 and where pairs are
 *     given
 * @param selected the ids of the prompts that got new responses, as JSON; null where all did
 * @param logs the training steps of each replica, in order; one for each segment
 */
public record IterationResult(
    String method,
    int iteration,
    EvaluatedPolicy proximal,
    EvaluatedPolicy extrapolated,
    double alpha,
    List<ArtifactId> responses,
    ArtifactId selected,
    List<ArtifactId> logs)
    implements CborSerializable {

  /** One of the two policies. */
  public EvaluatedPolicy of(Policy policy) {
    return policy == Policy.PROXIMAL ? proximal : extrapolated;
  }

  /**
   * A policy with its evaluation.
   *
   * @param parameters model.safetensors
   * @param evaluation its metrics, as JSON
   * @param samples its shards of held-out prompts with its responses; none where pairs are given
   *     and no prompts are to be answered
   */
  public record EvaluatedPolicy(
      ArtifactId parameters, ArtifactId evaluation, List<ArtifactId> samples) {}
}

package dev.proxima.actors.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.proxima.algorithms.evaluation.Estimate;
import java.util.SortedMap;

/**
 * What one policy of a run scored on the held-out prompts.
 *
 * @param method name of the method, such as "apo"
 * @param iteration 0 for the supervised fine-tuned model, t for what iteration t produced
 * @param policy which of the two policies of that iteration; at iteration 0 they are the same
 * @param metrics by name: {@code reward_mean}, {@code win_rate_vs_sft}, {@code kl_to_sft}, {@code
 *     response_length_mean} where responses were sampled and have a reward; {@code
 *     preference_accuracy}, {@code reward_margin} and such where held-out pairs were scored
 */
public record PolicyEvaluation(
    String method, int iteration, Policy policy, SortedMap<String, Estimate> metrics) {

  /**
   * The proximal solution thetahat_t, or the extrapolated (or averaged) theta_t that samples next.
   */
  public enum Policy {
    @JsonProperty("proximal")
    PROXIMAL,
    @JsonProperty("extrapolated")
    EXTRAPOLATED
  }
}

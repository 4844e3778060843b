package dev.proxima.algorithms.objective;

import java.util.EnumSet;
import java.util.Set;

/**
 * Weighted preference optimisation: each pair's loss times w(y_w) w(y_l), where w(y) is the
 * geometric mean over tokens of pi(y_t|..), divided, when aligned, by its expectation under
 * sampling, sum_v pi(v|..)^2. Pairs that the policy itself would write count more. Weights carry no
 * gradient.
 *
 * <p>Source: Zhou et al. 2024 (arXiv 2406.11827), equation 2, and its sampled alignment, which is
 * the default there and what TRL's {@code use_weighting} does.
 *
 * @param objective what is weighted; it must not couple the batch, as its losses are then of no
 *     pair
 * @param alignment whether w is relative to what sampling would give
 */
public record WpoWeighted(PreferenceObjective objective, Alignment alignment)
    implements PreferenceObjective {

  /** What a token's probability is divided by. */
  public enum Alignment {
    /** sum_v pi(v|..)^2, so that a response sampled from the policy has a weight near 1. */
    SAMPLED,
    /** Nothing. */
    NONE
  }

  public WpoWeighted {
    if (objective.couplesBatch()) {
      throw new IllegalArgumentException(
          "wpo weighs the loss of each pair, but this objective couples the pairs of a batch");
    }
  }

  @Override
  public Set<PairDetail> needs() {
    Set<PairDetail> needs = EnumSet.noneOf(PairDetail.class);
    needs.addAll(objective.needs());
    if (alignment == Alignment.SAMPLED) {
      needs.add(PairDetail.COLLISIONS);
    }
    return needs;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return objective.apply(logps).times(weights(logps));
  }

  /** w(y_w) w(y_l) of each pair, shape [n]. */
  double[] weights(PairLogps logps) {
    double[] weights = new double[logps.size()];
    for (int i = 0; i < weights.length; i++) {
      double chosen = logps.policyChosen()[i];
      double rejected = logps.policyRejected()[i];
      if (alignment == Alignment.SAMPLED) {
        Collisions collisions =
            logps.collisions().orElseThrow(() -> new IllegalStateException("wpo needs collisions"));
        chosen -= collisions.chosen()[i];
        rejected -= collisions.rejected()[i];
      }
      weights[i] =
          StrictMath.exp(chosen / logps.chosenTokens()[i] + rejected / logps.rejectedTokens()[i]);
    }
    return weights;
  }
}

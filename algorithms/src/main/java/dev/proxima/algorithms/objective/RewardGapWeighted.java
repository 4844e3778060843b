package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Logistic;
import java.util.EnumSet;
import java.util.Set;

/**
 * OPTune's weighted objective: each pair's loss times w(beta_2 (R_w - R_l)), which grows with the
 * gap of the two rewards R. Weights carry no gradient.
 *
 * <p>Source: Chen et al. 2024 (arXiv 2406.07657), the weighted DPO loss.
 *
 * @param objective what is weighted; it must not couple the batch, as its losses are then of no
 *     pair
 * @param weight the shape of w
 * @param scale beta_2, above 0
 */
public record RewardGapWeighted(PreferenceObjective objective, Weight weight, double scale)
    implements PreferenceObjective {

  /** How the weight grows with z = beta_2 (R_w - R_l). */
  public enum Weight {
    /** sigmoid(z), between 0 and 1; 1/2 where both rewards are the same. */
    SIGMOID {
      @Override
      double of(double z) {
        return Logistic.sigmoid(z);
      }
    },
    /** z, and 0 where the label contradicts the rewards. */
    LINEAR {
      @Override
      double of(double z) {
        return Math.max(0, z);
      }
    };

    abstract double of(double z);
  }

  public RewardGapWeighted {
    if (objective.couplesBatch()) {
      throw new IllegalArgumentException(
          "gap-weight weighs the loss of each pair, but this objective couples the pairs of a"
              + " batch");
    }
    Require.positive("gap-scale", scale);
  }

  @Override
  public Set<PairDetail> needs() {
    Set<PairDetail> needs = EnumSet.of(PairDetail.REWARDS);
    needs.addAll(objective.needs());
    return needs;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    double[] weights = new double[logps.size()];
    for (int i = 0; i < weights.length; i++) {
      PairRewards rewards = logps.rewards(i);
      weights[i] = weight.of(scale * (rewards.chosenReward() - rewards.rejectedReward()));
    }
    return objective.apply(logps).times(weights);
  }
}

package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RewardGapWeightedTest {

  /** Reward gaps of 2 and -1. */
  private static final PairLogps LOGPS =
      new PairLogps(
          GoldenPairs.LOGPS.policyChosen(),
          GoldenPairs.LOGPS.policyRejected(),
          GoldenPairs.LOGPS.referenceChosen(),
          GoldenPairs.LOGPS.referenceRejected(),
          GoldenPairs.LOGPS.chosenTokens(),
          GoldenPairs.LOGPS.rejectedTokens(),
          Optional.empty(),
          Optional.empty(),
          List.of(new PairRewards(3, 1, 0.5, 0.5), new PairRewards(0, 1, 0.5, 0.5)));

  /** DPO's losses are .598139 and .913015; sigmoid(0.5 * 2) = .731059, sigmoid(-0.5) = .377541. */
  @Test
  void sigmoidWeighsByTheScaledGap() {
    assertThat(losses("sigmoid", "0.5"))
        .containsExactly(new double[] {0.598139 * 0.731059, 0.913015 * 0.377541}, within(2e-6));
  }

  /** 0.5 * 2 = 1; a label against the rewards counts nothing. */
  @Test
  void linearIgnoresLabelsAgainstTheRewards() {
    assertThat(losses("linear", "0.5")).containsExactly(new double[] {0.598139, 0}, within(1e-6));
  }

  @Test
  void theGradientIsWeighedAlike() {
    LossAndGradient plain = new Dpo(0.1).apply(LOGPS);
    LossAndGradient weighted = weighted("linear", "1").apply(LOGPS);
    assertThat(weighted.gradChosen())
        .containsExactly(new double[] {2 * plain.gradChosen()[0], 0}, within(0.0));
    assertThat(weighted.gradRejected())
        .containsExactly(new double[] {2 * plain.gradRejected()[0], 0}, within(0.0));
  }

  @Test
  void refusesWhatCouplesTheBatch() {
    assertThatThrownBy(() -> Objectives.create("aot", Map.of("gap-weight", "linear")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("couples the pairs");
  }

  private static double[] losses(String weight, String scale) {
    return weighted(weight, scale).apply(LOGPS).losses();
  }

  private static PreferenceObjective weighted(String weight, String scale) {
    return Objectives.create("dpo", Map.of("gap-weight", weight, "gap-scale", scale));
  }
}

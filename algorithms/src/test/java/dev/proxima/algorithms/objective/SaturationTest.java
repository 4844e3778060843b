package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the objectives do where their formulas have no value, or one without bound. */
class SaturationTest {

  @Test
  void divergencesFallLinearlyBeyondThirty() {
    PreferenceObjective objective = new Hinge(1, new Divergence(Divergence.Kind.FORWARD_KL, 0));
    double limit = Math.exp(30);

    LossAndGradient result = objective.apply(pair(-1000, 0));

    // The score of y_w is 1 - exp(1000), saturated to 1 - exp(30) (1 + 970); that of y_l is 0.
    assertThat(result.losses()[0]).isCloseTo(971 * limit, within(1e-12 * 971 * limit));
    assertThat(result.gradChosen()[0]).isEqualTo(-limit);
    assertThat(result.gradRejected()[0]).isEqualTo(1);
  }

  @Test
  void aClearlyWrongPairOfTheLogisticLossesHasASlopeOfBeta() {
    for (String name : List.of("dpo", "bco", "aot", "aot-unpaired", "cpo")) {
      LossAndGradient result = Objectives.create(name, Map.of("beta", "0.5")).apply(pair(-1000, 0));
      assertThat(result.gradChosen()[0]).as(name).isLessThanOrEqualTo(-0.5);
    }
  }

  @Test
  void boundedLossesHaveNoSlopeThere() {
    for (String name : List.of("kto", "anchored-zero", "anchored-down")) {
      LossAndGradient result =
          Objectives.create(name, Map.of("beta", "1")).apply(pair(-1000, 1000));
      assertThat(result.losses()[0]).as(name).isBetween(0.0, 2.0);
      assertThat(result.gradChosen()[0]).as(name).isCloseTo(0, within(1e-300));
    }
  }

  @Test
  void certaintyCountsAsAMeanLogProbabilityOfAMillionth() {
    LossAndGradient result = new Orpo(1).apply(pair(0, 0));

    // Equal odds: log 2, and the likelihood's slope alone beside the odds' own, which cancel out.
    assertThat(result.losses()[0]).isCloseTo(Math.log(2), within(1e-15));
    assertThat(result.gradChosen()[0]).isEqualTo(-1 - 0.5);
    assertThat(result.gradRejected()[0]).isEqualTo(0.5);
  }

  @Test
  void aPairWithoutAPositiveGapOfRewardsHasNoLossUnderItsLogarithm() {
    OffsetDpo objective = new OffsetDpo(1, 1, OffsetDpo.Offset.LOG);

    assertThat(objective.apply(judged(0.5, 0.5)).losses()).containsExactly(0);
    assertThat(objective.apply(judged(0.5, 1.5)).gradChosen()).containsExactly(0);
    // The limit: with a gap of 1e-9 the offset is -20.7.
    assertThat(objective.apply(judged(0.5 + 1e-9, 0.5)).losses()[0]).isLessThan(1e-8);
    assertThat(objective.apply(judged(1.5, 0.5)).losses())
        .containsExactly(new double[] {Math.log(2)}, within(1e-15));
  }

  @Test
  void roundingErrorsAreNotStandardised() {
    double[] gaps = AlphaDpo.standardisedGaps(three(0, 1e-6, -1e-6));
    assertThat(gaps).containsExactly(0, 0, 0);
    // Mean 0 and sample deviation 1.
    assertThat(AlphaDpo.standardisedGaps(three(0, 1, -1)))
        .containsExactly(new double[] {0, 1, -1}, within(1e-12));
  }

  private static PairLogps three(double... chosen) {
    return new PairLogps(
        chosen,
        new double[3],
        new double[3],
        new double[3],
        new int[] {1, 1, 1},
        new int[] {1, 1, 1});
  }

  private static PairLogps pair(double chosen, double rejected) {
    return new PairLogps(
        new double[] {chosen},
        new double[] {rejected},
        new double[1],
        new double[1],
        new int[] {1},
        new int[] {1});
  }

  private static PairLogps judged(double chosenReward, double rejectedReward) {
    return new PairLogps(
        new double[1],
        new double[1],
        new double[1],
        new double[1],
        new int[] {1},
        new int[] {1},
        Optional.empty(),
        Optional.empty(),
        List.of(new PairRewards(chosenReward, rejectedReward, 0.5, 0.5)));
  }
}

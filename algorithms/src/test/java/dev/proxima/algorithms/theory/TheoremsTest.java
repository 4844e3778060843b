package dev.proxima.algorithms.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.proxima.algorithms.tabular.ClosedForm;
import dev.proxima.algorithms.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The theorems on one seed, and what the measurements rest on by hand. */
class TheoremsTest {

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.3, 0.5, 0.7, 0.9})
  void theorem41HoldsToTwelveDigits(double alpha) {
    assertThat(Theorem41.maxAbsError(5, alpha)).isLessThan(1e-12);
  }

  /**
   * By hand: rewards spread evenly over [0, 1] under exp(c r) leave a gap of 1 / c, with c = C_T /
   * beta and beta = 4; for alpha = 0.5, C_50 = 50 / 0.5 - 0.5 / 0.25 (1 - 0.5^50) = 98.
   */
  @Test
  void theorem44HasTheGapOfEvenlySpreadRewards() {
    assertThat(ClosedForm.accumulatedWeight(50, 0.5)).isCloseTo(98, within(1e-9));
    assertThat(new Theorem44().series(1, 0.5)[50]).isCloseTo(4 / 98.0, within(1e-3));
  }

  /** A gap of exactly 7 / (t + 3) has the constant 7. */
  @Test
  void theorem44FindsTheConstantOfAHyperbola() {
    double[] gaps = new double[101];
    for (int t = 0; t <= 100; t++) {
      gaps[t] = 7.0 / (t + 3);
    }
    assertThat(new Theorem44().rate(gaps, 0)).isCloseTo(7, within(1e-9));
  }

  /** The odds against the best fall by exp(Delta / beta) = exp(0.2) an iteration. */
  @Test
  void theorem48FallsByTheMinimalGap() {
    Theorem48 theorem = new Theorem48();
    assertThat(theorem.rate(theorem.series(2, 0), 0)).isCloseTo(-0.2, within(1e-6));
    assertThat(theorem.rate(theorem.series(2, 0.5), 0.5)).isCloseTo(-0.4, within(1e-6));
  }

  @Test
  void theoremB2ApproachesTheVonNeumannWinner() {
    TheoremB2 theorem = new TheoremB2();
    double[] gaps = theorem.series(3, 0.9);
    for (double gap : gaps) {
      assertThat(gap).isNotNegative();
    }
    assertThat(gaps[gaps.length - 1]).isLessThan(0.02);
    assertThat(theorem.rate(gaps, 0.9) / 0.1)
        .isCloseTo(theorem.rate(theorem.series(3, 0.5), 0.5) / 0.5, withPercentage(5));
  }

  /** With gaps by hand: two responses, the worse with probability 1/4 and a reward less by 2. */
  @Test
  void gapIsTheRewardThatIsMissing() {
    TabularPolicy policy = new TabularPolicy(new double[][] {{Math.log(3), 0}});
    Problem problem = new Problem(policy, new double[][] {{2, 0}}, 1);
    assertThat(problem.gap(policy)).isCloseTo(0.5, within(1e-12));
  }
}

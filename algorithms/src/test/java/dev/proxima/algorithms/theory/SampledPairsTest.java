package dev.proxima.algorithms.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.numeric.Logistic;
import dev.proxima.algorithms.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class SampledPairsTest {

  /**
   * By hand: with 30 wins to 10 the loss 30 softplus(-d) + 10 softplus(d) + 0.1 (d/2)^2, d being
   * the difference, has its minimum where 40 sigmoid(d) - 30 + 0.05 d = 0.
   */
  @Test
  void minimisesTheDpoLossOfTwoResponses() {
    double[] reward = SampledPairs.implicitReward(new double[][] {{0, 30}, {10, 0}});
    double difference = reward[0] - reward[1];
    assertThat(40 * Logistic.sigmoid(difference) - 30 + 0.05 * difference)
        .isCloseTo(0, within(1e-6));
    assertThat(reward[0] + reward[1]).isCloseTo(0, within(1e-6));
  }

  /** Many pairs come near the exact step. */
  @Test
  void approachesTheExactStep() {
    TabularPolicy reference = new TabularPolicy(new double[1][3]);
    double[][] reward = {{0, 0.5, 1}};
    Problem problem = new Problem(reference, reward, 1);
    TabularPolicy exact = reference.proximalStep(reward, 1);
    TabularPolicy sampled = new SampledPairs(problem, 200_000, 4).step(0, reference);
    for (int y = 0; y < 3; y++) {
      assertThat(sampled.probability(0, y)).isCloseTo(exact.probability(0, y), within(0.01));
    }
  }
}

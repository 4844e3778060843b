package dev.proxima.algorithms.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TabularPolicyTest {

  private static final double LOG_2 = Math.log(2);

  /** One prompt; the responses have probability 1/4, 1/4 and 1/2. */
  private static final TabularPolicy POLICY = new TabularPolicy(new double[][] {{0, 0, LOG_2}});

  @Test
  void normalisesItsLogits() {
    assertProbabilities(POLICY, 0.25, 0.25, 0.5);
    assertProbabilities(
        new TabularPolicy(new double[][] {{1000, 1000, 1000 + LOG_2}}), 0.25, 0.25, 0.5);
  }

  @Test
  void theProximalStepTiltsByTheRewardOverBeta() {
    // exp(r / beta) = (4, 1, 1): weights 1, 1/4, 1/2 of 7/4.
    TabularPolicy next = POLICY.proximalStep(new double[][] {{LOG_2, 0, 0}}, 0.5);

    assertProbabilities(next, 4 / 7.0, 1 / 7.0, 2 / 7.0);
  }

  @Test
  void extrapolatesAlongTheLogRatio() {
    TabularPolicy anchor = new TabularPolicy(new double[][] {{0, 0, 0}});

    // 1/4, 1/4, 1/2 times the ratios to the power 2: proportional to 1, 1, 2 * 2^2.
    assertProbabilities(TabularPolicy.extrapolate(POLICY, anchor, 2), 0.1, 0.1, 0.8);
  }

  @Test
  void refusesTablesThatAreNoPolicy() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TabularPolicy(new double[][] {{}}))
        .withMessage("a policy needs at least one prompt and one response");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TabularPolicy(new double[][] {{0, 0}, {0}}))
        .withMessage("prompt 1 has 1 responses, not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TabularPolicy(new double[][] {{0, Double.NEGATIVE_INFINITY}}))
        .withMessage("logits must be finite, not -Infinity");
  }

  private static void assertProbabilities(TabularPolicy policy, double... expected) {
    assertThat(policy.responses()).isEqualTo(expected.length);
    for (int y = 0; y < expected.length; y++) {
      assertThat(policy.probability(0, y)).isCloseTo(expected[y], within(1e-12));
      assertThat(policy.logProbability(0, y)).isCloseTo(Math.log(expected[y]), within(1e-12));
    }
  }
}

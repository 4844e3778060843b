package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DpoTest {

  @Test
  void hasTheGoldenValues() {
    LossAndGradient result = new Dpo(0.1).apply(GoldenPairs.LOGPS);

    // Margins 0.1 * (2, -4): losses log(1 + exp(-0.2)) and log(1 + exp(0.4)), as in TRL.
    assertThat(result.losses()).containsExactly(new double[] {0.598139, 0.913015}, within(1e-6));
    // -0.1 / (1 + exp(0.2)) and -0.1 / (1 + exp(-0.4)).
    double[] slopes = {-0.04501660026875222, -0.0598687660112452};
    assertThat(result.gradChosen()).containsExactly(slopes, within(1e-15));
    assertThat(result.gradRejected())
        .containsExactly(new double[] {-slopes[0], -slopes[1]}, within(1e-15));
  }

  @Test
  void isLinearWhereThePairIsWrongBeyondDoubt() {
    // Margin 0.5 * (-1000 - 1000): the loss is the margin and the slope is beta.
    PairLogps wrong =
        new PairLogps(
            new double[] {-1000},
            new double[] {1000},
            new double[] {0},
            new double[] {0},
            new int[] {1},
            new int[] {1});

    LossAndGradient result = new Dpo(0.5).apply(wrong);

    assertThat(result.losses()).containsExactly(1000);
    assertThat(result.gradChosen()).containsExactly(-0.5);
    assertThat(result.gradRejected()).containsExactly(0.5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesABetaThatIsNotPositive(double beta) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Dpo(beta))
        .withMessage("beta must be above 0 and finite, not " + beta);
  }
}

package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IpoTest {

  @Test
  void hasTheValuesComputedByHand() {
    LossAndGradient result = new Ipo(0.1, 2).apply(GoldenPairs.LOGPS);

    // Margins (0.2, -0.4) less 1/2 are (-0.3, -0.9). In TRL's ipo (2 - 5)^2 = 9 and
    // (-4 - 5)^2 = 81, times beta^2.
    assertThat(result.losses()).containsExactly(new double[] {0.09, 0.81}, within(1e-15));
    assertThat(result.gradChosen()).containsExactly(new double[] {-0.06, -0.18}, within(1e-15));
    assertThat(result.gradRejected()).containsExactly(new double[] {0.06, 0.18}, within(1e-15));
  }

  @Test
  void refusesATauThatIsNotPositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ipo(0.1, 0))
        .withMessage("tau must be above 0 and finite, not 0.0");
  }
}

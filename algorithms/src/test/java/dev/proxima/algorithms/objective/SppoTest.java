package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SppoTest {

  @Test
  void hasTheValuesComputedByHand() {
    LossAndGradient result = new Sppo(0.1).apply(GoldenPairs.LOGPS);

    // r_w = (0.1, -0.1) less 1/2 is (-0.4, -0.6); r_l = (-0.1, 0.3) plus 1/2 is (0.4, 0.8).
    // In TRL's sppo_hard (1 - 5)^2 + (-1 + 5)^2 = 32 and (-1 - 5)^2 + (3 + 5)^2 = 100, over
    // 2 / beta^2 = 200.
    assertThat(result.losses()).containsExactly(new double[] {0.16, 0.5}, within(1e-15));
    assertThat(result.gradChosen()).containsExactly(new double[] {-0.04, -0.06}, within(1e-15));
    assertThat(result.gradRejected()).containsExactly(new double[] {0.04, 0.08}, within(1e-15));
  }

  @Test
  void takesALogZ() {
    LossAndGradient result = new Sppo(1, 0.25).apply(GoldenPairs.LOGPS);

    // r_w - 3/4 = (1/4, -7/4) and r_l + 1/4 = (-3/4, 13/4).
    assertThat(result.losses()).containsExactly((1.0 + 9.0) / 32, (49.0 + 169.0) / 32);
    assertThat(result.gradChosen()).containsExactly(0.25, -1.75);
    assertThat(result.gradRejected()).containsExactly(-0.75, 3.25);
  }

  @Test
  void refusesALogZThatIsNotFinite() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sppo(0.1, Double.NaN))
        .withMessage("log-z must be finite, not NaN");
  }
}

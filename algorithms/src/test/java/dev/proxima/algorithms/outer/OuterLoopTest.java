package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OuterLoopTest {

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
  void refusesAnAlphaOutsideItsRange(double alpha) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OuterLoop(3, alpha, MomentumFrom.PROXIMAL, InnerStart.REFERENCE))
        .withMessage("alpha must be in [0, 1), not " + alpha);
  }

  @Test
  void refusesARunWithoutIterations() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OuterLoop(0, 0.3, MomentumFrom.PROXIMAL, InnerStart.REFERENCE))
        .withMessage("iterations must be at least 1, not 0");
  }
}

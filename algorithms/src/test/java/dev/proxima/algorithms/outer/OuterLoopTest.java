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
        .isThrownBy(() -> OuterLoop.accelerated(3, alpha))
        .withMessage("alpha must be in [0, 1), not " + alpha);
  }

  @Test
  void refusesARunWithoutIterations() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OuterLoop.accelerated(0, 0.3))
        .withMessage("iterations must be at least 1, not 0");
  }
}

package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EstimateTest {

  @Test
  void isTheMeanWithItsStandardError() {
    Estimate estimate = Estimate.of(new double[] {2, 4, 4, 6});

    // Deviations -2, 0, 0, 2: variance 8/3, standard error sqrt(8/3 / 4) = sqrt(2/3).
    assertThat(estimate.mean()).isEqualTo(4);
    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(2 / 3.0), within(1e-15));
    assertThat(estimate.count()).isEqualTo(4);
  }

  @Test
  void keepsItsPrecisionFarFromZero() {
    // Deviations -1, 0, 1: variance 1, standard error sqrt(1/3).
    Estimate estimate = Estimate.of(new double[] {1e9 - 1, 1e9, 1e9 + 1});

    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(1 / 3.0), within(1e-15));
  }

  @Test
  void knowsNoErrorOfASingleValue() {
    assertThat(Estimate.of(new double[] {3})).isEqualTo(new Estimate(3, 0, 1));
  }

  @Test
  void refusesNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.of(new double[0]))
        .withMessage("no values to average");
  }
}

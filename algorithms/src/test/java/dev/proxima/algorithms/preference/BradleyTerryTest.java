package dev.proxima.algorithms.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BradleyTerryTest {

  @Test
  void dependsOnTheDifferenceOfTheRewards() {
    assertThat(BradleyTerry.probability(7, 7)).isEqualTo(0.5);
    // Odds of exp(log 3) = 3 to 1.
    assertThat(BradleyTerry.probability(2 + Math.log(3), 2)).isCloseTo(0.75, within(1e-15));
    assertThat(BradleyTerry.probability(2, 2 + Math.log(3))).isCloseTo(0.25, within(1e-15));
  }
}

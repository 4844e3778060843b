package dev.proxima.algorithms.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BestAgainstWorstTest {

  @Test
  void pairsTheHighestWithTheLowest() {
    assertThat(BestAgainstWorst.pair(new double[] {0.5, -2, 3, 1})).contains(new Pairing(2, 1));
  }

  @Test
  void takesTheLowestIndexOfEqualOnes() {
    assertThat(BestAgainstWorst.pair(new double[] {1, 5, 0, 5, 0})).contains(new Pairing(1, 2));
  }

  @Test
  void makesNoPairOfEqualOrTooFewResponses() {
    assertThat(BestAgainstWorst.pair(new double[] {2, 2, 2})).isEmpty();
    assertThat(BestAgainstWorst.pair(new double[] {2})).isEmpty();
    assertThat(BestAgainstWorst.pair(new double[0])).isEmpty();
  }

  @Test
  void refusesAUtilityThatIsNotANumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BestAgainstWorst.pair(new double[] {1, Double.NaN}))
        .withMessage("the utility of response 1 is not a number");
  }

  @Test
  void aPairingHasTwoResponses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Pairing(1, 1))
        .withMessage("a pairing needs two different responses, not 1 and 1");
  }
}

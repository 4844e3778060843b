package dev.proxima.algorithms.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BradleyTerryLossTest {

  /**
   * By hand. Odds of 3 to 1 for the preferred response: -log(3/4). A margin of log 3 makes the odds
   * even: log 2. Centred rewards of 1 and 2 add 0.01 times 9.
   */
  @Test
  void isTheNegativeLogLikelihoodOfThePreferences() {
    double[] chosen = {2 + Math.log(3), Math.log(3), 1};
    double[] rejected = {2, 0, 2};
    double[] margins = {0, Math.log(3), 0};
    double[] plain = BradleyTerryLoss.PLAIN.apply(chosen, rejected, margins).losses();
    assertThat(plain)
        .containsExactly(
            new double[] {Math.log(4.0 / 3), Math.log(2), Math.log(1 + Math.E)}, within(1e-15));
    assertThat(new BradleyTerryLoss(0.01).apply(chosen, rejected, margins).losses()[2])
        .isCloseTo(Math.log(1 + Math.E) + 0.09, within(1e-15));
  }

  /** Central differences of the summed loss; their error is of the order of step^2. */
  @Property
  void gradientsAreThoseOfTheSum(
      @ForAll @DoubleRange(min = -30, max = 30) double chosen,
      @ForAll @DoubleRange(min = -30, max = 30) double rejected,
      @ForAll @DoubleRange(min = -3, max = 3) double margin,
      @ForAll @DoubleRange(max = 0.5) double centring) {
    BradleyTerryLoss loss = new BradleyTerryLoss(centring);
    double step = 1e-5;
    BradleyTerryLoss.Value value = value(loss, chosen, rejected, margin);
    double byChosen =
        value(loss, chosen + step, rejected, margin).losses()[0]
            - value(loss, chosen - step, rejected, margin).losses()[0];
    double byRejected =
        value(loss, chosen, rejected + step, margin).losses()[0]
            - value(loss, chosen, rejected - step, margin).losses()[0];
    assertThat(value.gradChosen()[0]).isCloseTo(byChosen / (2 * step), within(1e-6));
    assertThat(value.gradRejected()[0]).isCloseTo(byRejected / (2 * step), within(1e-6));
  }

  @Test
  void saturatesWithoutOverflow() {
    BradleyTerryLoss.Value value =
        BradleyTerryLoss.PLAIN.apply(
            new double[] {1000, -1000}, new double[] {-1000, 1000}, new double[2]);
    assertThat(value.losses()).containsExactly(0, 2000);
    assertThat(value.gradChosen()).containsExactly(0, -1);
    assertThat(value.gradRejected()).containsExactly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesACentringThatIsNone(double centring) {
    assertThatThrownBy(() -> new BradleyTerryLoss(centring))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("centring must be at least 0 and finite, not " + centring);
  }

  private static BradleyTerryLoss.Value value(
      BradleyTerryLoss loss, double chosen, double rejected, double margin) {
    return loss.apply(new double[] {chosen}, new double[] {rejected}, new double[] {margin});
  }
}

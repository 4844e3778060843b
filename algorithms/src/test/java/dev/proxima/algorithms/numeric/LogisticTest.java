package dev.proxima.algorithms.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class LogisticTest {

  @Property
  void agreesWithTheTextbookFormsWhereTheseAreAccurate(
      @ForAll @DoubleRange(min = -20, max = 20) double x) {
    assertThat(Logistic.sigmoid(x)).isCloseTo(1 / (1 + Math.exp(-x)), within(1e-15));
    assertThat(Logistic.softplus(x)).isCloseTo(Math.log(1 + Math.exp(x)), within(1e-14));
  }

  @Test
  void staysExactInTheTails() {
    // exp(-50) to first order, where 1 + exp(-50) is 1 in a double.
    assertThat(Logistic.sigmoid(-50)).isEqualTo(Math.exp(-50));
    assertThat(Logistic.softplus(-50)).isEqualTo(Math.exp(-50));
    assertThat(Logistic.softplus(1000)).isEqualTo(1000);
    assertThat(Logistic.softplus(-1000)).isZero();
    assertThat(Logistic.sigmoid(1000)).isEqualTo(1);
    assertThat(Logistic.sigmoid(-1000)).isZero();
  }
}

package dev.proxima.algorithms.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.BinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DualTest {

  @Provide
  Arbitrary<BinaryOperator<Dual>> formulas() {
    return Arbitraries.of(
        List.of(
            (x, y) -> x.times(y).plus(x).minus(y.times(3)).plus(2).minus(1),
            (x, y) -> x.minus(y).square().dividedBy(7),
            (x, y) -> x.plus(y).sigmoid().times(x.negate()),
            (x, y) -> x.times(y).logSigmoid(),
            (x, y) -> x.minus(y).exp().plus(y.expm1()),
            (x, y) -> x.square().plus(y.square()).plus(0.1).negate().log1mExp(1e-9)));
  }

  /** Central differences at a step of 1e-5, which are good to about 1e-9. */
  @Property
  void derivativesAreThoseOfFiniteDifferences(
      @ForAll("formulas") BinaryOperator<Dual> formula,
      @ForAll @DoubleRange(min = -3, max = 3) double x,
      @ForAll @DoubleRange(min = -3, max = 3) double y) {
    Dual result = formula.apply(Dual.chosen(x), Dual.rejected(y));

    double h = 1e-5;
    double byChosen = (value(formula, x + h, y) - value(formula, x - h, y)) / (2 * h);
    double byRejected = (value(formula, x, y + h) - value(formula, x, y - h)) / (2 * h);
    assertThat(result.byChosen()).isCloseTo(byChosen, within(1e-7 * (1 + Math.abs(byChosen))));
    assertThat(result.byRejected())
        .isCloseTo(byRejected, within(1e-7 * (1 + Math.abs(byRejected))));
  }

  @Test
  void exponentialsGoOnAsTheirTangent() {
    double limit = Math.exp(30);
    assertThat(Dual.chosen(29).exp().byChosen()).isEqualTo(Math.exp(29));
    assertThat(Dual.chosen(31).exp().value()).isCloseTo(2 * limit, within(1e-15 * limit));
    assertThat(Dual.chosen(31).exp().byChosen()).isEqualTo(limit);
    assertThat(Dual.chosen(1e6).expm1().value()).isFinite();
    assertThat(Dual.chosen(-1e6).exp()).isEqualTo(Dual.ZERO);
    // exp(x) - 1 to second order, where exp(x) has lost half of the digits.
    assertThat(Dual.chosen(1e-9).expm1().value()).isEqualTo(1e-9 + 0.5e-18);
  }

  @Test
  void thePositivePartHasNoSlopeAtOrBelowZero() {
    assertThat(Dual.chosen(2).positivePart()).isEqualTo(Dual.chosen(2));
    assertThat(Dual.chosen(0).positivePart()).isEqualTo(Dual.ZERO);
    assertThat(Dual.chosen(-2).positivePart()).isEqualTo(Dual.ZERO);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-7, 0, 1})
  void theLogarithmOfTheComplementSaturatesAtCertainty(double x) {
    Dual result = Dual.chosen(x).log1mExp(1e-6);

    // 1 - exp(-1e-6) is 1e-6 less 5e-13.
    assertThat(result.value()).isCloseTo(Math.log(1e-6 - 0.5e-12), within(1e-12));
    assertThat(result.byChosen()).isZero();
  }

  @Test
  void theLogarithmOfTheComplementIsAccurateAtBothEnds() {
    assertThat(Dual.chosen(-50).log1mExp(1e-9).value()).isEqualTo(-Math.exp(-50));
    assertThat(Dual.chosen(-1e-3).log1mExp(1e-9).value())
        // log(1 - exp(-x)) = log x - x / 2 + x^2 / 24 - ...
        .isCloseTo(Math.log(1e-3) - 0.5e-3 + 1e-6 / 24, within(1e-14));
  }

  private static double value(BinaryOperator<Dual> formula, double x, double y) {
    return formula.apply(Dual.chosen(x), Dual.rejected(y)).value();
  }
}

package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtrapolationScheduleTest {

  @Test
  void nesterovsSequenceIsAFractionOfWholeNumbers() {
    assertThat(alphas(Accelerated.NESTEROV, 5))
        .containsExactly(0.0, 1 / 4.0, 2 / 5.0, 0.5, 4 / 7.0);
  }

  /**
   * By hand to ten digits: t_2 is the golden ratio 1.6180339887, whose square is 2.6180339887; t_3
   * = (1 + sqrt 11.4721359548) / 2 = 2.1935270853, whose square, t_3 + t_2^2, is 4.8115610740; t_4
   * = (1 + sqrt 20.2462442960) / 2 = 2.7497913401.
   */
  @Test
  void fistasSequenceFollowsItsRecursion() {
    List<Double> alphas = alphas(Accelerated.FISTA, 3);

    assertThat(alphas.get(0)).isZero();
    assertThat(alphas.get(1)).isCloseTo(0.6180339887 / 2.1935270853, within(1e-9));
    assertThat(alphas.get(2)).isCloseTo(1.1935270853 / 2.7497913401, within(1e-9));
  }

  @Test
  void aListsLastValueGoesOn() {
    assertThat(alphas(new PerIteration(List.of(0.0, 0.3, 0.5)), 5))
        .containsExactly(0.0, 0.3, 0.5, 0.5, 0.5);
    assertThat(alphas(new Constant(0.3), 3)).containsExactly(0.3, 0.3, 0.3);
  }

  @Property
  void everyAlphaIsAtLeastZeroAndBelowOne(
      @ForAll Accelerated sequence, @ForAll @IntRange(min = 1, max = 100_000) int k) {
    assertThat(sequence.alphaAt(k)).isGreaterThanOrEqualTo(0).isLessThan(1);
    assertThat(sequence.alphaAt(k + 1)).isGreaterThan(sequence.alphaAt(k)).isLessThan(1);
  }

  @Property
  void aTextReadsBackAsTheSameSchedule(
      @ForAll @Size(min = 1, max = 4)
          List<@DoubleRange(min = 0, max = 1, maxIncluded = false) Double> alphas) {
    for (ExtrapolationSchedule schedule :
        List.of(
            new PerIteration(alphas),
            new Constant(alphas.get(0)),
            Accelerated.NESTEROV,
            Accelerated.FISTA)) {
      assertThat(ExtrapolationSchedule.parse(schedule.toString())).isEqualTo(schedule);
    }
  }

  @Test
  void readsWhatPeopleWrite() {
    assertThat(ExtrapolationSchedule.parse("0.30")).isEqualTo(new Constant(0.3)).hasToString("0.3");
    assertThat(ExtrapolationSchedule.parse("[0,0.3 , 5e-1]"))
        .isEqualTo(new PerIteration(List.of(0.0, 0.3, 0.5)))
        .hasToString("[0, 0.3, 0.5]");
    assertThat(ExtrapolationSchedule.parse("fista")).isEqualTo(Accelerated.FISTA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "momentum", "NaN", "0.3f", "[]", "[0.1,]", "[nesterov]", "[[0.1]]"})
  void refusesOtherTexts(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ExtrapolationSchedule.parse(text));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
  void refusesAnAlphaOutsideItsRange(double alpha) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Constant(alpha))
        .withMessage("alpha must be in [0, 1), not " + alpha);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PerIteration(List.of(0.3, alpha)))
        .withMessage("alpha must be in [0, 1), not " + alpha);
  }

  @Test
  void refusesAListOfNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PerIteration(List.of()))
        .withMessage("a schedule needs at least one alpha");
  }

  private static List<Double> alphas(ExtrapolationSchedule schedule, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(schedule::alphaAt).toList();
  }
}

package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceUpdateTest {

  /** theta, then weight thetahat + (1 - weight) theta, whatever the two are. */
  @Property
  void aMovingAverageIsTheWeightedMean(
      @ForAll @DoubleRange(min = 0, max = 1, minIncluded = false) double weight,
      @ForAll @DoubleRange(min = -1, max = 1) double proximal,
      @ForAll @DoubleRange(min = -1, max = 1) double reference) {
    MovingAverage update = new MovingAverage(weight, 2);
    double[] next = {proximal};
    double[] anchor = {update.anchor(proximal, reference)};

    double[] kept = Extrapolation.extrapolate(next, anchor, update.alphaAt(1));
    double[] moved = Extrapolation.extrapolate(next, anchor, update.alphaAt(2));

    assertThat(kept).containsExactly(reference);
    assertThat(moved[0]).isCloseTo(weight * proximal + (1 - weight) * reference, within(1e-15));
  }

  @Test
  void saysWhatItIs() {
    assertThat(extrapolated(new Constant(0.3), Restart.NONE)).hasToString("alpha = 0.3");
    assertThat(extrapolated(new Constant(0), Restart.NONE)).hasToString("alpha = 0");
    assertThat(extrapolated(new PerIteration(List.of(0.0, 0.5)), Restart.HELD_OUT))
        .hasToString("alpha = [0, 0.5], restart");
    assertThat(extrapolated(Accelerated.NESTEROV, Restart.HELD_OUT))
        .hasToString("nesterov, restart");
    assertThat(extrapolated(Accelerated.FISTA, Restart.NONE)).hasToString("fista");
    assertThat(new MovingAverage(0.25, 1)).hasToString("ema 0.25");
    assertThat(new MovingAverage(1, 2)).hasToString("ema 1 every 2");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
  void refusesAWeightOutsideItsRange(double weight) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverage(weight, 1))
        .withMessage("the weight of a moving average must be in (0, 1], not " + weight);
  }

  @Test
  void refusesToUpdateEveryZeroIterations() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverage(0.5, 0))
        .withMessage("a moving average must be updated every 1 or more iterations, not 0");
  }

  private static Extrapolated extrapolated(ExtrapolationSchedule schedule, Restart restart) {
    return new Extrapolated(schedule, MomentumFrom.PROXIMAL, restart);
  }
}

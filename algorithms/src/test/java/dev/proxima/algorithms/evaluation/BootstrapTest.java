package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.algorithms.random.RandomStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  /** For a mean of many values it is the normal interval, mean +- 1.96 standard errors. */
  @Test
  void agreesWithTheNormalIntervalWhereThatHolds() {
    RandomStream random = RandomStream.of(1, "bootstrap test");
    double[] values = IntStream.range(0, 400).mapToDouble(random::uniform).toArray();
    Estimate estimate = Estimate.of(values);

    Interval interval = Bootstrap.mean(values, 0.95, 7);

    double half = 1.96 * estimate.standardError();
    assertThat(interval.low()).isCloseTo(estimate.mean() - half, within(0.06 * half));
    assertThat(interval.high()).isCloseTo(estimate.mean() + half, within(0.06 * half));
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    double[] values = {0, 1, 1, 0, 1};
    assertThat(Bootstrap.mean(values, 0.9, 3)).isEqualTo(Bootstrap.mean(values, 0.9, 3));
  }

  /** A pair of two equal policies differs by nothing, however noisy each is. */
  @Test
  void oneValueHasNoWidth() {
    assertThat(Bootstrap.mean(new double[] {2, 2, 2}, 0.95, 0)).isEqualTo(new Interval(2, 2));
  }
}

package dev.proxima.algorithms.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

/** With fixed seeds, and bounds of 4 standard deviations of each statistic. */
class RandomStreamDistributionTest {

  private static final int DRAWS = 100_000;
  private static final double SIGMAS = 4 / Math.sqrt(DRAWS);

  private static final RandomStream STREAM = RandomStream.of(2024, "test");

  @Test
  void uniformIsUniform() {
    assertUniform(STREAM::uniform);
    assertUniform(coordinate -> RandomStream.of(2024, "test", coordinate).uniform(0));
    assertUniform(seed -> RandomStream.of(seed, "test").uniform(0));
  }

  @Test
  void belowIsUniform() {
    int[] counts = new int[100];
    for (int i = 0; i < DRAWS; i++) {
      counts[STREAM.below(100, i)]++;
    }
    assertEvenlySpread(counts);
  }

  @Test
  void neighboursAreUncorrelated() {
    assertUncorrelated(STREAM::uniform);
    assertUncorrelated(coordinate -> RandomStream.of(2024, "test", coordinate).uniform(0));
    assertUncorrelated(first -> RandomStream.of(2024, "test", first, 5).uniform(0));
    assertUncorrelated(second -> RandomStream.of(2024, "test", 5, second).uniform(0));
    assertUncorrelated(seed -> RandomStream.of(seed, "test", 5, 5).uniform(0));
  }

  @Test
  void gaussianHasTheMomentsOfTheStandardNormal() {
    double[] values = draws(STREAM::gaussian);

    // E z = 0, E z^2 = 1, E z^4 = 3; their variances 1, 3 - 1, 105 - 9.
    assertThat(moment(values, 0, 1)).isCloseTo(0, within(SIGMAS));
    assertThat(moment(values, 0, 2)).isCloseTo(1, within(SIGMAS * Math.sqrt(2)));
    assertThat(moment(values, 0, 4)).isCloseTo(3, within(SIGMAS * Math.sqrt(96)));
    assertUncorrelated(STREAM::gaussian);
  }

  @Test
  void gumbelHasTheMomentsOfTheStandardGumbel() {
    double[] values = draws(STREAM::gumbel);

    // Mean: Euler's constant. Variance v = pi^2 / 6; the fourth central moment is 5.4 v^2.
    double mean = 0.5772156649015329;
    double variance = Math.PI * Math.PI / 6;
    assertThat(moment(values, 0, 1)).isCloseTo(mean, within(SIGMAS * Math.sqrt(variance)));
    assertThat(moment(values, mean, 2))
        .isCloseTo(variance, within(SIGMAS * Math.sqrt(5.4 - 1) * variance));
  }

  @Test
  void everyPermutationIsEquallyLikely() {
    int[] counts = new int[256];
    for (int i = 0; i < DRAWS; i++) {
      int[] order = RandomStream.of(2024, "order", i).permutation(4);
      counts[order[0] + 4 * order[1] + 16 * order[2] + 64 * order[3]]++;
    }
    int[] seen = Arrays.stream(counts).filter(count -> count > 0).toArray();

    assertThat(seen).hasSize(24);
    assertEvenlySpread(seen);
  }

  private static void assertUniform(LongToDoubleFunction draw) {
    int[] counts = new int[100];
    for (double value : draws(draw)) {
      counts[(int) (value * counts.length)]++;
    }
    assertEvenlySpread(counts);
  }

  /**
   * Chi-square of the counts. With d degrees of freedom the cube root of chi-square / d is close to
   * normal with mean 1 - 2/(9d) and variance 2/(9d) (Wilson and Hilferty 1931).
   */
  private static void assertEvenlySpread(int[] counts) {
    double expected = (double) DRAWS / counts.length;
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    double degrees = counts.length - 1;
    double variance = 2 / (9 * degrees);
    assertThat(Math.cbrt(chiSquare / degrees))
        .isCloseTo(1 - variance, within(4 * Math.sqrt(variance)));
  }

  /** The correlation of independent neighbours has standard deviation 1 / sqrt(draws). */
  private static void assertUncorrelated(LongToDoubleFunction draw) {
    double[] values = draws(draw);
    double mean = moment(values, 0, 1);
    double covariance = 0;
    for (int i = 1; i < values.length; i++) {
      covariance += (values[i - 1] - mean) * (values[i] - mean) / (values.length - 1);
    }
    assertThat(covariance / moment(values, mean, 2)).isCloseTo(0, within(SIGMAS));
  }

  private static double[] draws(LongToDoubleFunction draw) {
    double[] values = new double[DRAWS];
    Arrays.setAll(values, draw::applyAsDouble);
    return values;
  }

  private static double moment(double[] values, double centre, int power) {
    return Arrays.stream(values)
        .map(value -> Math.pow(value - centre, power))
        .average()
        .orElseThrow();
  }
}

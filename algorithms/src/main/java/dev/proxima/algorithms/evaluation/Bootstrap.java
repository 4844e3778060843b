package dev.proxima.algorithms.evaluation;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;

/**
 * Percentile bootstrap intervals of a mean (Efron 1979). For a comparison of two policies on the
 * same prompts, hand it the differences by prompt: the interval is then paired.
 */
public final class Bootstrap {

  private static final int RESAMPLES = 10_000;

  private Bootstrap() {}

  /**
   * An interval.
   *
   * @param low lower end
   * @param high upper end
   */
  public record Interval(double low, double high) {}

  /**
   * The central interval of the means of 10,000 resamples with replacement.
   *
   * @param values at least one
   * @param level its coverage, in (0, 1), such as 0.95
   * @param seed the same seed draws the same resamples
   */
  public static Interval mean(double[] values, double level, long seed) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values to resample");
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("the level must be in (0, 1), not " + level);
    }
    double[] means = new double[RESAMPLES];
    for (int b = 0; b < RESAMPLES; b++) {
      RandomStream random = RandomStream.of(seed, "bootstrap", b);
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[random.below(values.length, i)];
      }
      means[b] = sum / values.length;
    }
    Arrays.sort(means);
    double tail = (1 - level) / 2;
    return new Interval(quantile(means, tail), quantile(means, 1 - tail));
  }

  /** Linear between order statistics, as numpy's default. */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}

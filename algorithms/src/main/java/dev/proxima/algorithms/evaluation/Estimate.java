package dev.proxima.algorithms.evaluation;

/**
 * A mean over independent evaluation prompts with its standard error (sample standard deviation
 * over the square root of the count; 0 for a single value).
 */
public record Estimate(double mean, double standardError, int count) {

  /** The mean of {@code values}, which must not be empty, and its standard error. */
  public static Estimate of(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values to average");
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    if (values.length == 1) {
      return new Estimate(mean, 0, 1);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double variance = squares / (values.length - 1);
    return new Estimate(mean, Math.sqrt(variance / values.length), values.length);
  }
}

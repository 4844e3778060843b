package dev.proxima.algorithms.numeric;

/** Sums from first to last, so that their last bit is the same on every JVM; a stream's is not. */
public final class OrderedSum {

  private OrderedSum() {}

  /** The sum, 0 of nothing. */
  public static double of(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /** The mean, of at least one value. */
  public static double mean(double[] values) {
    return of(values) / values.length;
  }
}

package dev.proxima.experiments.bench;

import java.util.Collection;

/**
 * How long something took, many times over.
 *
 * @param count how often
 * @param median in seconds; NaN where nothing was measured
 * @param p99 the 99th percentile, in seconds; NaN where nothing was measured
 * @param total in seconds
 */
record Waits(int count, double median, double p99, double total) {

  static Waits of(Collection<Long> nanos) {
    double[] sorted = nanos.stream().mapToDouble(each -> each * 1e-9).sorted().toArray();
    double total = nanos.stream().mapToDouble(each -> each * 1e-9).sum();
    return new Waits(sorted.length, at(sorted, 0.5), at(sorted, 0.99), total);
  }

  private static double at(double[] sorted, double quantile) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(quantile * sorted.length) - 1];
  }
}

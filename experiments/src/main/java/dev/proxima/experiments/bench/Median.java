package dev.proxima.experiments.bench;

import java.util.List;

/** The middle of measurements. */
final class Median {

  private Median() {}

  /** Of at least one value; the mean of the two in the middle where their number is even. */
  static double of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}

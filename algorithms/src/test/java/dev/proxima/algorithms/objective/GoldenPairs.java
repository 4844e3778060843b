package dev.proxima.algorithms.objective;

/** Two pairs with sequence log-probabilities for which other libraries' losses are known. */
final class GoldenPairs {

  /** The log-ratios are chosen (1, -1) and rejected (-1, 3), so their differences (2, -4). */
  static final PairLogps LOGPS =
      new PairLogps(
          new double[] {-10, -20},
          new double[] {-12, -18},
          new double[] {-11, -19},
          new double[] {-11, -21},
          new int[] {4, 5},
          new int[] {5, 3});

  private GoldenPairs() {}
}

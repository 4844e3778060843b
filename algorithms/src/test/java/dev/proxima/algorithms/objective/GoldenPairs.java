package dev.proxima.algorithms.objective;

/** The two pairs on which TRL and torchtune state the values of their DPO losses. */
final class GoldenPairs {

  /** The log-ratios are chosen (1, -1) and rejected (-1, 3), so their differences (2, -4). */
  static final PairLogps LOGPS =
      new PairLogps(
          new double[] {-10, -20},
          new double[] {-12, -18},
          new double[] {-11, -19},
          new double[] {-11, -21},
          new int[] {5, 10},
          new int[] {6, 9});

  private GoldenPairs() {}
}

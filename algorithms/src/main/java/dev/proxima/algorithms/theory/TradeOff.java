package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.tabular.TabularPolicy;

/**
 * Theorem 4.4's two terms against each other: a larger alpha shortens the way that is left after T
 * iterations and enlarges the error of N sampled pairs, which it extrapolates too. With few pairs a
 * small alpha is the best, with many a large one.
 */
final class TradeOff {

  private static final int PROMPTS = 4;
  private static final int RESPONSES = 8;
  private static final int ITERATIONS = 10;
  private static final double BETA = 1;

  private TradeOff() {}

  /** The gap of pihat_T with N pairs an iteration; with exact expectations where N is 0. */
  static double gap(long seed, double alpha, int pairs) {
    Problem problem =
        new Problem(
            new TabularPolicy(new double[PROMPTS][RESPONSES]),
            Draws.gaussian(seed, "trade-off", PROMPTS, RESPONSES),
            BETA);
    if (pairs == 0) {
      return problem.gap(problem.solve(ITERATIONS, alpha).result());
    }
    SampledPairs sampled = new SampledPairs(problem, pairs, seed);
    return problem.gap(
        problem.solve(ITERATIONS, alpha, (t, policy, start) -> sampled.step(t, policy)).result());
  }
}

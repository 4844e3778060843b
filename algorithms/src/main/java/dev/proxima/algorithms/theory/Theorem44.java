package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.stream.IntStream;

/**
 * Theorem 4.4 (arXiv 2410.06293), its optimisation term: under Bradley-Terry preferences the
 * sub-optimality gap after T iterations is at most O((1 - alpha) beta / T).
 *
 * <p>Any one problem with finitely many responses does better in the end (Theorem 4.8); the rate is
 * that of the worst problem for each T. Very many responses with rewards spread evenly over [0, 1]
 * behave like the worst problem for all T at once: a policy proportional to exp(c r) has a gap of 1
 * / c there, and c = C_T / beta grows by 1 / ((1 - alpha) beta) an iteration. So the inverse gap is
 * measured to grow linearly, and the gap's constant is the inverse of its slope.
 */
final class Theorem44 implements Experiment {

  private static final int ITERATIONS = 100;
  private static final int FIT_FROM = 40;
  private static final int RESPONSES = 16384;
  private static final double SPREAD = 0.25;
  private static final double BETA = 4;

  @Override
  public double[] iterations(double alpha) {
    return IntStream.rangeClosed(0, ITERATIONS).asDoubleStream().toArray();
  }

  /** The gaps of pihat_0 to pihat_T. */
  @Override
  public double[] series(long seed, double alpha) {
    double[][] rewards = new double[1][RESPONSES];
    RandomStream random = RandomStream.of(seed, "theorem 4.4");
    for (int y = 0; y < RESPONSES; y++) {
      rewards[0][y] = (y + random.uniform(y)) / RESPONSES;
    }
    Problem problem = new Problem(reference(seed), rewards, BETA);
    return problem.solve(ITERATIONS, alpha).proximal().stream().mapToDouble(problem::gap).toArray();
  }

  /** Nearly uniform: with few responses near the best, unequal weights would blur the rate. */
  private static TabularPolicy reference(long seed) {
    double[][] logits = Draws.gaussian(seed, "theorem 4.4 reference", 1, RESPONSES);
    for (int y = 0; y < RESPONSES; y++) {
      logits[0][y] *= SPREAD;
    }
    return new TabularPolicy(logits);
  }

  /** The constant K of a gap that falls as K / T. */
  @Override
  public double rate(double[] gaps, double alpha) {
    double[] inverse = new double[gaps.length];
    for (int t = 0; t < gaps.length; t++) {
      inverse[t] = 1 / gaps[t];
    }
    return 1 / Fit.slope(inverse, FIT_FROM, gaps.length);
  }

  /** The constant relative to that of alpha = 0. */
  @Override
  public double predicted(double alpha) {
    return 1 - alpha;
  }
}

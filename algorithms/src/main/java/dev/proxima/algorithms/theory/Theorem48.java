package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.stream.IntStream;

/**
 * Theorem 4.8 (arXiv 2410.06293), its optimisation term: where the best response beats every other
 * by a reward of at least Delta, the total variation distance to the optimal policy is at most
 * exp(-O(T Delta / ((1 - alpha) beta))). So its logarithm falls linearly in T, 1 / (1 - alpha)
 * times as fast as without acceleration.
 */
final class Theorem48 implements Experiment {

  private static final int ITERATIONS = 200;
  private static final int FIT_FROM = 100;
  private static final int PROMPTS = 3;
  private static final int RESPONSES = 10;
  private static final double MINIMAL_GAP = 0.2;
  private static final double BETA = 1;

  @Override
  public double[] iterations(double alpha) {
    return IntStream.rangeClosed(0, ITERATIONS).asDoubleStream().toArray();
  }

  /** The logarithms of the distances of pihat_0 to pihat_T, averaged over prompts. */
  @Override
  public double[] series(long seed, double alpha) {
    RandomStream random = RandomStream.of(seed, "theorem 4.8");
    double[][] rewards = new double[PROMPTS][RESPONSES];
    for (int x = 0; x < PROMPTS; x++) {
      for (int y = 2; y < RESPONSES; y++) {
        rewards[x][y] = 0.6 * random.uniform((long) x * RESPONSES + y);
      }
      rewards[x][1] = 0.8;
      rewards[x][0] = 0.8 + MINIMAL_GAP;
    }
    Problem problem =
        new Problem(
            new TabularPolicy(Draws.gaussian(seed, "theorem 4.8 reference", PROMPTS, RESPONSES)),
            rewards,
            BETA);
    return problem.solve(ITERATIONS, alpha).proximal().stream()
        .mapToDouble(policy -> logDistance(policy, problem))
        .toArray();
  }

  /** The change of the logarithm in one iteration. */
  @Override
  public double rate(double[] logDistances, double alpha) {
    return Fit.slope(logDistances, FIT_FROM, logDistances.length);
  }

  /** The slope relative to that of alpha = 0. */
  @Override
  public double predicted(double alpha) {
    return 1 / (1 - alpha);
  }

  /** log of the mean over prompts of 1 - pi(y*|x), from logarithms, since it falls below 1e-170. */
  private static double logDistance(TabularPolicy policy, Problem problem) {
    double max = Double.NEGATIVE_INFINITY;
    for (int x = 0; x < policy.prompts(); x++) {
      for (int y = 0; y < policy.responses(); y++) {
        if (y != problem.best(x)) {
          max = Math.max(max, policy.logProbability(x, y));
        }
      }
    }
    double sum = 0;
    for (int x = 0; x < policy.prompts(); x++) {
      for (int y = 0; y < policy.responses(); y++) {
        if (y != problem.best(x)) {
          sum += StrictMath.exp(policy.logProbability(x, y) - max);
        }
      }
    }
    return max + StrictMath.log(sum / policy.prompts());
  }
}

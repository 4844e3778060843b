package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.outer.Trajectory;
import dev.proxima.algorithms.tabular.ClosedForm;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Theorem 4.1 (arXiv 2410.06293): the iterates of Algorithm 1 have a closed form in the implicit
 * rewards r_0, r_1, ... of the proximal steps, whatever these are.
 */
final class Theorem41 {

  private static final int PROMPTS = 3;
  private static final int RESPONSES = 6;
  private static final int ITERATIONS = 10;
  private static final double BETA = 0.5;

  private Theorem41() {}

  /**
   * The greatest difference between a probability of an iterate and of the closed form, with
   * rewards drawn anew for every iteration.
   */
  static double maxAbsError(long seed, double alpha) {
    TabularPolicy reference =
        new TabularPolicy(Draws.gaussian(seed, "reference", PROMPTS, RESPONSES));
    List<double[][]> rewards =
        IntStream.range(0, ITERATIONS)
            .mapToObj(t -> Draws.gaussian(seed, "reward", PROMPTS, RESPONSES, t))
            .toList();
    Problem problem = new Problem(reference, rewards.get(0), BETA);
    Trajectory<TabularPolicy> run =
        problem.solve(
            ITERATIONS, alpha, (t, policy, start) -> policy.proximalStep(rewards.get(t), BETA));
    double error = 0;
    for (int t = 1; t <= ITERATIONS; t++) {
      TabularPolicy closed = ClosedForm.proximal(reference, rewards.subList(0, t), BETA, alpha);
      for (int x = 0; x < PROMPTS; x++) {
        for (int y = 0; y < RESPONSES; y++) {
          error =
              Math.max(
                  error,
                  Math.abs(run.proximal().get(t).probability(x, y) - closed.probability(x, y)));
        }
      }
    }
    return error;
  }
}

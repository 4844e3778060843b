package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ProximalPoint;
import dev.proxima.algorithms.outer.ProximalStep;
import dev.proxima.algorithms.outer.Trajectory;
import dev.proxima.algorithms.tabular.TabularPolicy;

/**
 * A tabular problem under Bradley-Terry preferences, prompts being equally likely.
 *
 * @param reference pi_ref
 * @param reward r*, shape [X][Y]
 * @param beta KL strength, above 0
 */
record Problem(TabularPolicy reference, double[][] reward, double beta) {

  /** Algorithm 1 with exact expectations: every proximal step tilts by r* / beta. */
  Trajectory<TabularPolicy> solve(int iterations, double alpha) {
    return solve(iterations, alpha, (t, policy, start) -> policy.proximalStep(reward, beta));
  }

  /** Algorithm 1 with proximal steps of another kind. */
  Trajectory<TabularPolicy> solve(int iterations, double alpha, ProximalStep<TabularPolicy> step) {
    return ProximalPoint.run(
        OuterLoop.accelerated(iterations, alpha), reference, step, TabularPolicy::extrapolate);
  }

  /** The sub-optimality gap: the best reward less the expected one, averaged over prompts. */
  double gap(TabularPolicy policy) {
    double gap = 0;
    for (int x = 0; x < reward.length; x++) {
      double best = reward[x][best(x)];
      for (int y = 0; y < reward[x].length; y++) {
        gap += policy.probability(x, y) * (best - reward[x][y]) / reward.length;
      }
    }
    return gap;
  }

  /** The response to prompt x with the highest reward. */
  int best(int x) {
    int best = 0;
    for (int y = 1; y < reward[x].length; y++) {
      if (reward[x][y] > reward[x][best]) {
        best = y;
      }
    }
    return best;
  }
}

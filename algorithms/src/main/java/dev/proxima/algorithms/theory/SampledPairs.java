package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.numeric.Logistic;
import dev.proxima.algorithms.preference.BradleyTerry;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.tabular.TabularPolicy;

/**
 * The proximal step of Algorithm 1 as it is in practice: N pairs of responses sampled from pi_t,
 * labelled by Bradley-Terry, and the DPO loss minimised over tables, with a small quadratic penalty
 * on the implicit reward so that responses which always won or never came up keep a finite one.
 */
final class SampledPairs {

  private static final double PENALTY = 0.1;
  private static final int MOST_SWEEPS = 1000;
  private static final double TOLERANCE = 1e-9;

  private final Problem problem;
  private final int pairs;
  private final long seed;

  /**
   * @param pairs N, of one iteration, at least 1
   */
  SampledPairs(Problem problem, int pairs, long seed) {
    this.problem = problem;
    this.pairs = pairs;
    this.seed = seed;
  }

  /** pihat_{t+1}, from pairs that pi_t samples. */
  TabularPolicy step(int t, TabularPolicy policy) {
    double[][][] wins = sample(t, policy);
    double[][] rewards = new double[wins.length][];
    for (int x = 0; x < wins.length; x++) {
      rewards[x] = implicitReward(wins[x]);
    }
    return policy.proximalStep(rewards, problem.beta());
  }

  /** How often y beat y', shape [X][Y][Y]. */
  private double[][][] sample(int t, TabularPolicy policy) {
    int prompts = policy.prompts();
    int responses = policy.responses();
    double[][][] wins = new double[prompts][responses][responses];
    RandomStream random = RandomStream.of(seed, "sampled pairs", t);
    double[][] cumulative = cumulative(policy);
    for (int i = 0; i < pairs; i++) {
      int x = random.below(prompts, 4L * i);
      int first = draw(cumulative[x], random.uniform(4L * i + 1));
      int second = draw(cumulative[x], random.uniform(4L * i + 2));
      double[] reward = problem.reward()[x];
      boolean won =
          random.uniform(4L * i + 3) < BradleyTerry.probability(reward[first], reward[second]);
      wins[x][won ? first : second][won ? second : first]++;
    }
    return wins;
  }

  private static double[][] cumulative(TabularPolicy policy) {
    double[][] cumulative = new double[policy.prompts()][policy.responses()];
    for (int x = 0; x < policy.prompts(); x++) {
      double sum = 0;
      for (int y = 0; y < policy.responses(); y++) {
        sum += policy.probability(x, y);
        cumulative[x][y] = sum;
      }
    }
    return cumulative;
  }

  private static int draw(double[] cumulative, double uniform) {
    int y = 0;
    while (y < cumulative.length - 1 && uniform >= cumulative[y]) {
      y++;
    }
    return y;
  }

  /** The minimiser of the sum of DPO losses and the penalty, by steps that cannot overshoot. */
  static double[] implicitReward(double[][] wins) {
    int n = wins.length;
    double[] reward = new double[n];
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      double moved = 0;
      for (int y = 0; y < n; y++) {
        double slope = PENALTY * reward[y];
        double curvature = PENALTY;
        for (int other = 0; other < n; other++) {
          if (other != y) {
            double games = wins[y][other] + wins[other][y];
            slope += games * Logistic.sigmoid(reward[y] - reward[other]) - wins[y][other];
            curvature += games / 4;
          }
        }
        reward[y] -= slope / curvature;
        moved = Math.max(moved, Math.abs(slope / curvature));
      }
      if (moved < TOLERANCE) {
        return reward;
      }
    }
    return reward;
  }
}

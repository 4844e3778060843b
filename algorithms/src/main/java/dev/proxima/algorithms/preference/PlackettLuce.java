package dev.proxima.algorithms.preference;

import dev.proxima.algorithms.random.RandomStream;

/**
 * The Plackett-Luce model of rankings, the extension of Bradley-Terry to more than two responses:
 * each response gets a noisy utility, its reward plus standard Gumbel noise, and the ranking is by
 * utility. Best against worst of such a ranking is a preference as a consistent annotator would
 * give it.
 *
 * <p>Every pairwise marginal is exactly Bradley-Terry: the difference of two independent standard
 * Gumbel variables is standard logistic, so P(utility_a > utility_b) = sigmoid(reward_a -
 * reward_b). Source: Luce 1959; Yellott 1977.
 */
public final class PlackettLuce {

  private PlackettLuce() {}

  /**
   * Utilities of the responses to one prompt.
   *
   * @param rewards shape [n]
   * @param random the noise; response i uses position i, so that it does not depend on n
   * @return shape [n]
   */
  public static double[] utilities(double[] rewards, RandomStream random) {
    double[] utilities = new double[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      utilities[i] = rewards[i] + random.gumbel(i);
    }
    return utilities;
  }
}

package dev.proxima.algorithms.evaluation;

import dev.proxima.algorithms.preference.BradleyTerry;

/** How often a policy's responses are preferred to a baseline's, under Bradley-Terry. */
public final class WinRate {

  private WinRate() {}

  /**
   * The mean over prompts of P(response beats the baseline's response to the same prompt). It takes
   * the probability rather than a drawn outcome, which has the same mean and less noise.
   *
   * @param rewards one response's reward for each prompt, shape [n], n at least 1
   * @param baselineRewards the same of the baseline, in the same order of prompts, shape [n]
   */
  public static Estimate of(double[] rewards, double[] baselineRewards) {
    if (rewards.length != baselineRewards.length) {
      throw new IllegalArgumentException(
          "a paired win rate needs as many rewards as baseline rewards, not "
              + rewards.length
              + " and "
              + baselineRewards.length);
    }
    double[] wins = new double[rewards.length];
    for (int i = 0; i < wins.length; i++) {
      wins[i] = BradleyTerry.probability(rewards[i], baselineRewards[i]);
    }
    return Estimate.of(wins);
  }
}

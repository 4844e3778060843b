package dev.proxima.algorithms.preference;

import dev.proxima.algorithms.numeric.Logistic;

/** The Bradley-Terry model of pairwise preferences (Bradley and Terry 1952). */
public final class BradleyTerry {

  private BradleyTerry() {}

  /** P(A beats B) = sigmoid(rewardA - rewardB), in [0, 1]. */
  public static double probability(double rewardA, double rewardB) {
    return Logistic.sigmoid(rewardA - rewardB);
  }
}

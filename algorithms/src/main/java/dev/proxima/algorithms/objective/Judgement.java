package dev.proxima.algorithms.objective;

/**
 * How the two responses of a pair were judged.
 *
 * @param chosenReward reward of y_w, finite
 * @param rejectedReward reward of y_l, finite
 * @param chosenWinRate estimate of P(y_w beats pi_t | x), in [0, 1]
 * @param rejectedWinRate estimate of P(y_l beats pi_t | x), in [0, 1]
 */
public record Judgement(
    double chosenReward, double rejectedReward, double chosenWinRate, double rejectedWinRate) {

  public Judgement {
    Require.finite("chosen reward", chosenReward);
    Require.finite("rejected reward", rejectedReward);
    Require.inUnitInterval("chosen win rate", chosenWinRate);
    Require.inUnitInterval("rejected win rate", rejectedWinRate);
  }
}

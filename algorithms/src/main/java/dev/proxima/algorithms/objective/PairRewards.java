package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.OrderedSum;
import dev.proxima.algorithms.preference.BradleyTerry;
import java.util.Arrays;

/**
 * The rewards of the two responses of a pair, and their estimated win rates.
 *
 * @param chosenReward reward of y_w, finite
 * @param rejectedReward reward of y_l, finite
 * @param chosenWinRate estimate of P(y_w beats pi_t | x), in [0, 1]
 * @param rejectedWinRate estimate of P(y_l beats pi_t | x), in [0, 1]
 */
public record PairRewards(
    double chosenReward, double rejectedReward, double chosenWinRate, double rejectedWinRate) {

  public PairRewards {
    Require.finite("chosen reward", chosenReward);
    Require.finite("rejected reward", rejectedReward);
    Require.inUnitInterval("chosen win rate", chosenWinRate);
    Require.inUnitInterval("rejected win rate", rejectedWinRate);
  }

  /**
   * From the rewards of responses that pi_t gave to one prompt. A win rate is the mean
   * Bradley-Terry probability against all of them, as SPPO estimates it; so against the response
   * itself, 1/2.
   *
   * @param rewards of all responses, each finite
   * @param chosen index of y_w
   * @param rejected index of y_l
   */
  public static PairRewards of(double[] rewards, int chosen, int rejected) {
    return new PairRewards(
        rewards[chosen],
        rewards[rejected],
        winRate(rewards[chosen], rewards),
        winRate(rewards[rejected], rewards));
  }

  private static double winRate(double reward, double[] rewards) {
    return OrderedSum.mean(
        Arrays.stream(rewards).map(other -> BradleyTerry.probability(reward, other)).toArray());
  }
}

package dev.proxima.actors.node;

import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.algorithms.preference.RewardFunction;

/**
 * Who rewards sampled responses.
 *
 * @param training of the responses that become pairs
 * @param evaluation of the responses to held-out prompts
 */
public record Rewards(Rewarder training, Rewarder evaluation) {

  /** The same for both. */
  public static Rewards of(RewardFunction reward) {
    return new Rewards(Rewarder.of(reward), Rewarder.of(reward));
  }

  Rewarder of(Purpose purpose) {
    return purpose == Purpose.TRAINING ? training : evaluation;
  }
}

package dev.proxima.models;

import dev.proxima.algorithms.preference.BradleyTerryLoss;
import java.util.List;

/**
 * A trainable reward model with its optimiser, on one device. Each step back-propagates a whole
 * batch in micro-batches and makes one optimiser step. For use by one thread.
 */
public interface RewardTrainer extends TrainingState {

  /** One step on the batch mean of the loss. */
  RewardStep prefer(List<RewardPair> batch, BradleyTerryLoss loss);

  /**
   * All of it before the step, in the batch's order.
   *
   * @param losses loss of each pair, shape [n]
   * @param chosen reward of each preferred response, shape [n]
   * @param rejected likewise, of the dispreferred ones
   * @param tokens of the sequences, prompts included
   * @param gradNorm the gradient's global L2 norm before clipping
   */
  record RewardStep(
      double[] losses,
      double[] chosen,
      double[] rejected,
      int tokens,
      double gradNorm,
      double learningRate) {}
}

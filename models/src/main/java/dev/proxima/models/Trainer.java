package dev.proxima.models;

import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A trainable copy of a language model with its optimiser, on one device. Each step back-propagates
 * a whole batch in micro-batches and makes one optimiser step. For use by one thread.
 *
 * <p>{@link TrainingMemory} says what a step holds: with AdamW 16 bytes a parameter throughout, and
 * at its peak the tape of one micro-batch, so that {@link TrainingOptions#microBatchTokens} bounds
 * it. With adapters the frozen parameters take 4 bytes each (2 in bfloat16), and only the adapters
 * have gradients and optimiser state.
 */
public interface Trainer extends TrainingState {

  /** One step of supervised fine-tuning: the mean negative log-likelihood per response token. */
  FineTuneStep fineTune(List<TokenSequence> batch);

  /**
   * One step on the batch mean of a preference objective.
   *
   * @throws IllegalArgumentException if the objective {@link PreferenceObjective#needs needs} what
   *     is not known of a pair
   */
  default PreferenceStep prefer(List<TokenPair> batch, PreferenceObjective objective) {
    return prefer(batch, objective, LowerLevel.NONE);
  }

  /**
   * Likewise, with a gradient that SPO's lower level changes. A lower level costs the gradients of
   * L_SFT that it takes, on the preferred responses alone, and a copy of the parameters' size;
   * {@link LowerLevel.Unrolled} also a forward pass, so that the log-probabilities are those before
   * the step.
   */
  PreferenceStep prefer(List<TokenPair> batch, PreferenceObjective objective, LowerLevel lower);

  /**
   * How the gradients of log pi(y_w|x) and log pi(y_l|x) of a batch lie to each other; trains
   * nothing. Costs two passes forward and back, over one response of each pair, and a copy of the
   * parameters' size.
   */
  PairGradients pairGradients(List<TokenPair> batch);

  /**
   * Writes the tensors of the adapters alone, beside and renamed.
   *
   * @throws IllegalStateException where there are none
   */
  void saveAdapterWeights(Path safetensors);

  /**
   * Goes on from what {@link #saveAdapterWeights} wrote.
   *
   * @throws IllegalArgumentException where it is of another model or other options
   * @throws IllegalStateException where there are no adapters
   */
  void restoreAdapterWeights(Path safetensors);

  /**
   * @param loss nats per response token, before the step
   * @param tokens response tokens in the batch
   * @param gradNorm the gradient's global L2 norm before clipping
   */
  record FineTuneStep(double loss, int tokens, double gradNorm, double learningRate) {}

  /**
   * All of it before the step, in the batch's order.
   *
   * @param losses loss of each pair, shape [n]; with {@link LowerLevel.Unrolled} at theta+
   * @param policyChosen log pi(y_w|x), shape [n]
   * @param policyRejected log pi(y_l|x), shape [n]
   * @param multiplier lambda of {@link LowerLevel.Constrained}; none with another lower level
   */
  record PreferenceStep(
      double[] losses,
      double[] policyChosen,
      double[] policyRejected,
      int tokens,
      double gradNorm,
      double learningRate,
      OptionalDouble multiplier) {}
}

package dev.proxima.algorithms.objective;

import java.util.Set;

/**
 * A preference objective: a pure function from the log-probabilities of a batch of pairs to a loss
 * and its gradient with respect to the policy's log-probabilities. The tensor side back-propagates
 * that gradient, so an objective needs no tensor code.
 */
public interface PreferenceObjective {

  /** The loss of each pair and the gradient of their sum. */
  LossAndGradient apply(PairLogps logps);

  /**
   * Whether a pair's gradient depends on the other pairs of the batch. Such an objective must be
   * given the whole batch at once, never a part of it.
   */
  default boolean couplesBatch() {
    return false;
  }

  /** What it needs to know of a pair beside the log-probabilities of its two sequences. */
  default Set<PairDetail> needs() {
    return Set.of();
  }
}

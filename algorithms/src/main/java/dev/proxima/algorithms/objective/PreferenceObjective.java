package dev.proxima.algorithms.objective;

/**
 * A preference objective: a pure function from the log-probabilities of a batch of pairs to a loss
 * and its gradient with respect to the policy's log-probabilities. The tensor side back-propagates
 * that gradient, so an objective needs no tensor code.
 */
public interface PreferenceObjective {

  /** The loss of each pair and the gradient of their sum. */
  LossAndGradient apply(PairLogps logps);
}

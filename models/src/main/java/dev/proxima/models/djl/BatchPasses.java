package dev.proxima.models.djl;

import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import java.util.List;

/**
 * Passes over whole batches. Those that go back add to the gradients that the trained parameters
 * hold.
 */
interface BatchPasses extends AutoCloseable {

  /**
   * Losses and log-probabilities of a batch, each of shape [n].
   *
   * @param chosen log pi(y_w|x)
   * @param rejected log pi(y_l|x)
   */
  record Evaluated(double[] losses, double[] chosen, double[] rejected) {

    Evaluated at(PairLogps logps) {
      return new Evaluated(losses, logps.policyChosen(), logps.policyRejected());
    }
  }

  /** Begins a 0-based optimiser step: dropout draws anew. */
  void begin(int step);

  /**
   * Adds the gradient of the sum over the batch of weight times log pi(y|x).
   *
   * @param weights shape [n]
   * @return log pi(y|x) of each, shape [n]
   */
  double[] likelihood(List<TokenSequence> batch, double[] weights);

  /** Adds the gradient of the batch mean of the objective. */
  Evaluated preference(List<TokenPair> batch, PreferenceObjective objective);

  /**
   * What an objective sees of a batch, without a tape; dropout leaves out the same entries as on
   * the way back.
   */
  PairLogps score(List<TokenPair> batch, PreferenceObjective objective);

  /** Frees what it has beside the trained parameters. */
  @Override
  void close();
}

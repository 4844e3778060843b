package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.List;
import java.util.Optional;

/**
 * Sequence log-probabilities of a batch of n preference pairs, summed over response tokens, in
 * nats. The last three are there for objectives that {@link PreferenceObjective#needs need} them.
 *
 * @param policyChosen log pi(y_w | x), shape [n]
 * @param policyRejected log pi(y_l | x), shape [n]
 * @param referenceChosen log pi_t(y_w | x), shape [n]
 * @param referenceRejected log pi_t(y_l | x), shape [n]
 * @param chosenTokens number of response tokens in y_w, shape [n], each at least 1
 * @param rejectedTokens number of response tokens in y_l, shape [n], each at least 1
 * @param tokens the log-probabilities of single tokens
 * @param collisions how concentrated the policy is along the responses
 * @param rewards the rewards of each pair, n of them or none
 */
public record PairLogps(
    double[] policyChosen,
    double[] policyRejected,
    double[] referenceChosen,
    double[] referenceRejected,
    int[] chosenTokens,
    int[] rejectedTokens,
    Optional<TokenLogps> tokens,
    Optional<Collisions> collisions,
    List<PairRewards> rewards) {

  public PairLogps {
    int n = policyChosen.length;
    if (policyRejected.length != n
        || referenceChosen.length != n
        || referenceRejected.length != n
        || chosenTokens.length != n
        || rejectedTokens.length != n) {
      throw new IllegalArgumentException("all six arrays must have the same length");
    }
    if (tokens.isPresent() && tokens.get().policyChosen().length != n
        || collisions.isPresent() && collisions.get().chosen().length != n
        || !rewards.isEmpty() && rewards.size() != n) {
      throw new IllegalArgumentException("details must be of all " + n + " pairs or of none");
    }
  }

  /** Without the details that only some objectives need. */
  public PairLogps(
      double[] policyChosen,
      double[] policyRejected,
      double[] referenceChosen,
      double[] referenceRejected,
      int[] chosenTokens,
      int[] rejectedTokens) {
    this(
        policyChosen,
        policyRejected,
        referenceChosen,
        referenceRejected,
        chosenTokens,
        rejectedTokens,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** The number of pairs, n. */
  public int size() {
    return policyChosen.length;
  }

  /** log pi(y_w|x) - log pi_t(y_w|x) of pair {@code i}: the implicit reward of y_w over beta. */
  public double chosenLogRatio(int i) {
    return policyChosen[i] - referenceChosen[i];
  }

  /** log pi(y_l|x) - log pi_t(y_l|x) of pair {@code i}: the implicit reward of y_l over beta. */
  public double rejectedLogRatio(int i) {
    return policyRejected[i] - referenceRejected[i];
  }

  /** Pair {@code i}, for formulas that are to be differentiated. */
  Pair pair(int i) {
    return new Pair(
        Dual.chosen(policyChosen[i]),
        Dual.rejected(policyRejected[i]),
        referenceChosen[i],
        referenceRejected[i],
        chosenTokens[i],
        rejectedTokens[i]);
  }

  /**
   * The rewards of pair {@code i}.
   *
   * @throws IllegalStateException if the batch has no rewards
   */
  PairRewards rewards(int i) {
    if (rewards.isEmpty()) {
      throw new IllegalStateException("this objective needs the rewards of each pair");
    }
    return rewards.get(i);
  }
}

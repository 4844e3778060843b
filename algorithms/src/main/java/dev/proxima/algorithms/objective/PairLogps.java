package dev.proxima.algorithms.objective;

/**
 * Sequence log-probabilities of a batch of n preference pairs, summed over response tokens, in
 * nats.
 *
 * @param policyChosen log pi(y_w | x), shape [n]
 * @param policyRejected log pi(y_l | x), shape [n]
 * @param referenceChosen log pi_t(y_w | x), shape [n]
 * @param referenceRejected log pi_t(y_l | x), shape [n]
 * @param chosenTokens number of response tokens in y_w, shape [n], each at least 1
 * @param rejectedTokens number of response tokens in y_l, shape [n], each at least 1
 */
public record PairLogps(
    double[] policyChosen,
    double[] policyRejected,
    double[] referenceChosen,
    double[] referenceRejected,
    int[] chosenTokens,
    int[] rejectedTokens) {

  public PairLogps {
    int n = policyChosen.length;
    if (policyRejected.length != n
        || referenceChosen.length != n
        || referenceRejected.length != n
        || chosenTokens.length != n
        || rejectedTokens.length != n) {
      throw new IllegalArgumentException("all six arrays must have the same length");
    }
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
}

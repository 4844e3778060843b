package dev.proxima.algorithms.objective;

/**
 * Log-probabilities of the single response tokens of n pairs, in nats; each row sums to the
 * sequence's log-probability.
 *
 * @param policyChosen log pi(token | before) of y_w, shape [n][chosen tokens]
 * @param policyRejected the same of y_l, shape [n][rejected tokens]
 * @param referenceChosen log pi_t(token | before) of y_w, shape [n][chosen tokens]
 * @param referenceRejected the same of y_l, shape [n][rejected tokens]
 */
public record TokenLogps(
    double[][] policyChosen,
    double[][] policyRejected,
    double[][] referenceChosen,
    double[][] referenceRejected) {

  public TokenLogps {
    if (policyRejected.length != policyChosen.length
        || referenceChosen.length != policyChosen.length
        || referenceRejected.length != policyChosen.length) {
      throw new IllegalArgumentException("all four arrays must have the same number of pairs");
    }
  }
}

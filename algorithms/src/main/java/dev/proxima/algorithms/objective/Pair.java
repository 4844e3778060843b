package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;

/**
 * One pair of a batch, in nats; the policy's log-probabilities are the variables of a {@link Dual}.
 *
 * @param chosen log pi(y_w|x)
 * @param rejected log pi(y_l|x)
 * @param referenceChosen log pi_t(y_w|x)
 * @param referenceRejected log pi_t(y_l|x)
 * @param chosenTokens |y_w|
 * @param rejectedTokens |y_l|
 */
record Pair(
    Dual chosen,
    Dual rejected,
    double referenceChosen,
    double referenceRejected,
    int chosenTokens,
    int rejectedTokens) {

  /** log pi(y_w|x) / pi_t(y_w|x). */
  Dual chosenLogRatio() {
    return chosen.minus(referenceChosen);
  }

  /** log pi(y_l|x) / pi_t(y_l|x). */
  Dual rejectedLogRatio() {
    return rejected.minus(referenceRejected);
  }

  /** The log-ratio of y_w less that of y_l. */
  Dual logRatioMargin() {
    return chosenLogRatio().minus(rejectedLogRatio());
  }

  /** log pi(y_w|x) / |y_w|. */
  Dual meanChosen() {
    return chosen.dividedBy(chosenTokens);
  }

  /** log pi(y_l|x) / |y_l|. */
  Dual meanRejected() {
    return rejected.dividedBy(rejectedTokens);
  }
}

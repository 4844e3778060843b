package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;

/** The logistic loss of a margin, which most objectives end in. */
final class Logit {

  private Logit() {}

  /** -log sigmoid(margin). */
  static Dual loss(Dual margin) {
    return margin.logSigmoid().negate();
  }

  /** (1 - smoothing) * -log sigmoid(margin) + smoothing * -log sigmoid(-margin). */
  static Dual loss(Dual margin, double smoothing) {
    return loss(margin).times(1 - smoothing).plus(loss(margin.negate()).times(smoothing));
  }
}

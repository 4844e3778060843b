package dev.proxima.algorithms.outer;

/** Where the training of a proximal step starts; arXiv 2410.06293 leaves it open. */
public enum InnerStart {
  /** The reference of the step, pi_t. */
  REFERENCE,
  /** The previous proximal solution, pihat_t. */
  PROXIMAL;

  /** The start of iteration t, given its pihat_t and pi_t. */
  public <P> P start(P proximal, P extrapolated) {
    return this == REFERENCE ? extrapolated : proximal;
  }
}

package dev.proxima.algorithms.outer;

/** Which earlier policy the extrapolation moves away from. */
public enum MomentumFrom {
  /** The previous proximal solution, pihat_t: Algorithm 1 of arXiv 2410.06293. */
  PROXIMAL,
  /** The policy that sampled, pi_t: the ablation of that paper's table 3, found less stable. */
  EXTRAPOLATED;

  /** The anchor of iteration t, given its pihat_t and pi_t. */
  public <P> P anchor(P proximal, P extrapolated) {
    return this == PROXIMAL ? proximal : extrapolated;
  }
}

package dev.proxima.algorithms.outer;

import java.util.List;

/**
 * All policies of a run of T iterations.
 *
 * @param proximal pihat_0 to pihat_T
 * @param extrapolated pi_0 to pi_T; of them pi_0 to pi_{T-1} have sampled
 */
public record Trajectory<P>(List<P> proximal, List<P> extrapolated) {

  public Trajectory {
    proximal = List.copyOf(proximal);
    extrapolated = List.copyOf(extrapolated);
  }

  /** The result of Algorithm 1: the last proximal solution, before any extrapolation. */
  public P result() {
    return proximal.get(proximal.size() - 1);
  }
}

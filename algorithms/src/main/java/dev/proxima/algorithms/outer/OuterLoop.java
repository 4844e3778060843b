package dev.proxima.algorithms.outer;

import java.util.Objects;

/**
 * The settings of the outer loop (He, Yuan and Gu 2024, arXiv 2410.06293, Algorithm 1).
 *
 * <p>The extrapolated policy of one single iteration, theta_1 + alpha (theta_1 - theta_SFT), is
 * ExPO (Zheng et al. 2024, "Weak-to-strong extrapolation expedites alignment", arXiv 2404.16792).
 *
 * @param iterations number of proximal steps, at least 1
 * @param reference how pi_{t+1} follows from pihat_{t+1}
 */
public record OuterLoop(int iterations, ReferenceUpdate reference, InnerStart innerStart) {

  public OuterLoop {
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
    }
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(innerStart, "innerStart");
  }

  /**
   * Algorithm 1 as published: a constant alpha, momentum from the proximal solutions, training from
   * the reference.
   *
   * @param alpha extrapolation parameter in [0, 1); 0 is the plain iterative method
   */
  public static OuterLoop accelerated(int iterations, double alpha) {
    return new OuterLoop(
        iterations,
        new ReferenceUpdate.Extrapolated(
            new ExtrapolationSchedule.Constant(alpha), MomentumFrom.PROXIMAL, Restart.NONE),
        InnerStart.REFERENCE);
  }
}

package dev.proxima.algorithms.outer;

import java.util.Objects;

/**
 * The settings of the outer loop (He, Yuan and Gu 2024, arXiv 2410.06293, Algorithm 1).
 *
 * @param iterations number of proximal steps, at least 1
 * @param alpha extrapolation parameter in [0, 1); 0 is the plain iterative method
 */
public record OuterLoop(
    int iterations, double alpha, MomentumFrom momentumFrom, InnerStart innerStart) {

  public OuterLoop {
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
    }
    if (!(alpha >= 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1), not " + alpha);
    }
    Objects.requireNonNull(momentumFrom, "momentumFrom");
    Objects.requireNonNull(innerStart, "innerStart");
  }
}

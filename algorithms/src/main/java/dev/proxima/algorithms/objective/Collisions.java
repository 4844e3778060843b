package dev.proxima.algorithms.objective;

/**
 * Log-probability that two draws from the policy agree, log sum_v pi(v | before)^2, summed over the
 * positions of a response; in nats, at most 0.
 *
 * @param chosen along y_w, shape [n]
 * @param rejected along y_l, shape [n]
 */
public record Collisions(double[] chosen, double[] rejected) {

  public Collisions {
    if (chosen.length != rejected.length) {
      throw new IllegalArgumentException("both arrays must have the same length");
    }
  }
}

package dev.proxima.algorithms.spo;

/**
 * Dynamic barrier gradient descent: the direction d nearest to the gradient g of one loss that
 * lowers another, q with gradient h, at no less than a rate phi: the minimiser of |d - g|^2 subject
 * to &lt;d, h&gt; &gt;= phi. It is d = g + lambda h with lambda = max(0, (phi - &lt;g, h&gt;) /
 * |h|^2), and phi = min(rate q, share |h|^2).
 *
 * <p>Here q is L_SFT - v. Where it is positive, phi is too, and a small enough step along -d lowers
 * L_SFT; where it is negative, phi lets L_SFT rise, the less the nearer it is to v.
 *
 * <p>Source: Gong, Liu and Liu 2021, "Automatic and harmless regularization with constrained and
 * lexicographic optimization: a dynamic barrier approach" (NeurIPS; at first "Bi-objective
 * trade-off with dynamic barrier gradient descent"), the constrained form of its direction and of
 * its phi. The guarantee is of d; an optimiser that rescales it by coordinate, as AdamW does, keeps
 * it only in its own metric.
 *
 * @param rate of q that is to vanish per unit of step size, above 0
 * @param share of |h|^2 that phi is at most, above 0: |lambda h| is then at most |g| + share |h|
 */
public record DynamicBarrier(double rate, double share) {

  public DynamicBarrier {
    Require.positive("barrier-rate", rate);
    Require.positive("barrier-share", share);
  }

  /**
   * phi, the least &lt;d, h&gt;.
   *
   * @param violation q
   * @param squaredNorm |h|^2, at least 0
   */
  public double leastDescent(double violation, double squaredNorm) {
    return Math.min(rate * violation, share * squaredNorm);
  }

  /**
   * lambda, at least 0; 0 where h is 0, as then no d has another &lt;d, h&gt;.
   *
   * @param violation q
   * @param product &lt;g, h&gt;
   * @param squaredNorm |h|^2, at least 0
   */
  public double multiplier(double violation, double product, double squaredNorm) {
    return squaredNorm == 0
        ? 0
        : Math.max(0, (leastDescent(violation, squaredNorm) - product) / squaredNorm);
  }
}

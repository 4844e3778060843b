package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;

/**
 * The f-divergence that holds the policy to the reference. It turns the log-ratio u of a response
 * into its score f'(exp(u)), which is u itself for the reverse Kullback-Leibler divergence:
 *
 * <ul>
 *   <li>reverse-kl: u
 *   <li>forward-kl: 1 - exp(-u)
 *   <li>jensen-shannon: log 2 + log sigmoid(u)
 *   <li>alpha: (exp((alpha - 1) u) - 1) / (alpha - 1); alpha = 1 is reverse-kl, 0 is forward-kl
 * </ul>
 *
 * <p>Source: Wang et al. 2023, "Beyond Reverse KL" (arXiv 2309.16240). Its alpha is 1 less TRL's,
 * which is the one here: the two agree at 1/2. Exponentials go on as their tangent beyond 30 (see
 * {@link Dual#exp}), so that a score falls at most linearly; TRL clips those of its alpha
 * divergence at 80, where their gradient vanishes, and no others.
 *
 * @param kind which
 * @param alpha of the alpha divergence, finite; the others do not read it
 */
public record Divergence(Kind kind, double alpha) {

  /** The divergences there are. */
  public enum Kind {
    REVERSE_KL,
    FORWARD_KL,
    JENSEN_SHANNON,
    ALPHA
  }

  /** The reverse Kullback-Leibler divergence, which is DPO's. */
  public static final Divergence REVERSE_KL = new Divergence(Kind.REVERSE_KL, 0.5);

  public Divergence {
    Require.finite("divergence-alpha", alpha);
  }

  /** The score of y_w less that of y_l, each a function of the response's log-ratio. */
  Dual margin(Pair pair) {
    return chosen(pair).minus(rejected(pair));
  }

  /** The score of y_w. */
  Dual chosen(Pair pair) {
    return score(pair.chosenLogRatio());
  }

  /** The score of y_l. */
  Dual rejected(Pair pair) {
    return score(pair.rejectedLogRatio());
  }

  /** The margin of the scores per token. */
  Dual meanMargin(Pair pair) {
    return chosen(pair)
        .dividedBy(pair.chosenTokens())
        .minus(rejected(pair).dividedBy(pair.rejectedTokens()));
  }

  private Dual score(Dual logRatio) {
    return switch (kind) {
      case REVERSE_KL -> logRatio;
      case FORWARD_KL -> logRatio.negate().expm1().negate();
      case JENSEN_SHANNON -> logRatio.logSigmoid().plus(StrictMath.log(2));
      case ALPHA -> alpha == 1 ? logRatio : logRatio.times(alpha - 1).expm1().dividedBy(alpha - 1);
    };
  }
}

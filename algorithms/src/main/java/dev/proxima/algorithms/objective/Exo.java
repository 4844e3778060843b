package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Efficient exact optimisation on pairs: KL(q || p), the reverse divergence of the policy's
 * preference q = sigmoid(r_w - r_l) from the smoothed label p = 1 - epsilon, with r = beta * log
 * (pi / pi_t).
 *
 * <p>Source: Ji et al. 2024 (arXiv 2402.00856), equation 16.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param smoothing epsilon, in (0, 0.5): with 0 the divergence would be infinite
 * @param divergence what holds the policy to the reference
 */
public record Exo(double beta, double smoothing, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "exo",
              Map.of("beta", "0.1", "smoothing", "0.001"),
              options ->
                  new Exo(
                      options.number("beta"), options.number("smoothing"), options.divergence()))
          .withDivergence();

  public Exo {
    Require.positive("beta", beta);
    Require.positive("smoothing", smoothing);
    Require.belowHalf("smoothing", smoothing);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = divergence.margin(pair).times(beta);
    Dual chosenWins =
        margin.sigmoid().times(margin.logSigmoid().minus(StrictMath.log1p(-smoothing)));
    Dual rejectedWins =
        margin
            .negate()
            .sigmoid()
            .times(margin.negate().logSigmoid().minus(StrictMath.log(smoothing)));
    return chosenWins.plus(rejectedWins);
  }
}

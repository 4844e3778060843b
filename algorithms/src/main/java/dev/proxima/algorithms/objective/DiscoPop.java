package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Discovered preference optimisation, the log-ratio modulated loss: (1 - s) * -log sigmoid(m) + s *
 * exp(-m) with m = r_w - r_l, r = beta * log (pi / pi_t) and s = sigmoid(m / tau). Not convex.
 * exp(-m) is saturated as in {@link Dual#exp}.
 *
 * <p>Source: Lu et al. 2024 (arXiv 2406.08414), equation 5, as in its code and TRL.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param tau how sharply the logistic part gives way to the exponential one, above 0
 * @param divergence what holds the policy to the reference
 */
public record DiscoPop(double beta, double tau, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "discopop",
              Map.of("beta", "0.1", "tau", "0.05"),
              options ->
                  new DiscoPop(options.number("beta"), options.number("tau"), options.divergence()))
          .withDivergence();

  public DiscoPop {
    Require.positive("beta", beta);
    Require.positive("tau", tau);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = divergence.margin(pair).times(beta);
    Dual share = margin.dividedBy(tau).sigmoid();
    Dual logistic = Logit.loss(margin).times(share.negate().plus(1));
    return logistic.plus(margin.negate().exp().times(share));
  }
}

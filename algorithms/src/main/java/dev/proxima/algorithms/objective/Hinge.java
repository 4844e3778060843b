package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * The hinge loss on implicit rewards: max(0, 1 - (r_w - r_l)), with r = beta * log (pi / pi_t).
 *
 * <p>Source: Liu et al. 2023, "RSO" (arXiv 2309.06657), who so normalise the loss of SLiC-HF (Zhao
 * et al. 2023, arXiv 2305.10425), whose margin has no reference. SLiC-HF's second term is {@link
 * Sft}: {@code hinge + sft}.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0; 1/beta is the
 *     margin that is asked of the log-ratios
 * @param divergence what holds the policy to the reference
 */
public record Hinge(double beta, Divergence divergence) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "hinge",
              Map.of("beta", "0.1"),
              options -> new Hinge(options.number("beta"), options.divergence()))
          .withDivergence();

  public Hinge {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    return divergence.margin(pair).times(-beta).plus(1).positivePart();
  }
}

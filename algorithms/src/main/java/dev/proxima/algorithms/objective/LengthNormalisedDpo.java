package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Length-normalised DPO: -log sigmoid(r_w / |y_w| - r_l / |y_l|), with r = beta * log (pi / pi_t).
 * Margins are per token, so beta is some tens of times DPO's (5 in the source).
 *
 * <p>Source: Lambert et al. 2024, "Tulu 3" (arXiv 2411.15124); TRL's {@code sigmoid_norm}.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param divergence what holds the policy to the reference; its score is divided by the length
 */
public record LengthNormalisedDpo(double beta, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "dpo-norm",
              Map.of("beta", "5"),
              options -> new LengthNormalisedDpo(options.number("beta"), options.divergence()))
          .withDivergence();

  public LengthNormalisedDpo {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    return Logit.loss(divergence.meanMargin(pair).times(beta));
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * DPO-positive: -log sigmoid(beta (u_w - u_l - lambda max(0, -u_w))), with u = log (pi / pi_t). The
 * last term keeps the chosen response from becoming less likely than under the reference.
 *
 * <p>Source: Pal et al. 2024, "Smaug" (arXiv 2402.13228).
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param lambda weight of the fall, at least 0
 */
public record DpoPositive(double beta, double lambda) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "dpop",
          Map.of("beta", "0.1", "lambda", "50"),
          options -> new DpoPositive(options.number("beta"), options.number("lambda")));

  public DpoPositive {
    Require.positive("beta", beta);
    Require.nonNegative("lambda", lambda);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual fallen = pair.chosenLogRatio().negate().positivePart();
    return Logit.loss(pair.logRatioMargin().minus(fallen.times(lambda)).times(beta));
  }
}

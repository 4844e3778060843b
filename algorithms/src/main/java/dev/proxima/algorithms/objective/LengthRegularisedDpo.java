package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Length-regularised DPO: -log sigmoid(r_w - r_l + alpha (|y_w| - |y_l|)), with r = beta * log (pi
 * / pi_t). What a difference of lengths already explains is not learnt as reward.
 *
 * <p>Source: Park et al. 2024 (arXiv 2403.19159).
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param alpha penalty per token, at least 0
 */
public record LengthRegularisedDpo(double beta, double alpha) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "r-dpo",
          Map.of("beta", "0.1", "alpha", "0.01"),
          options -> new LengthRegularisedDpo(options.number("beta"), options.number("alpha")));

  public LengthRegularisedDpo {
    Require.positive("beta", beta);
    Require.nonNegative("alpha", alpha);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    double lengths = pair.chosenTokens() - pair.rejectedTokens();
    return Logit.loss(pair.logRatioMargin().times(beta).plus(alpha * lengths));
  }
}

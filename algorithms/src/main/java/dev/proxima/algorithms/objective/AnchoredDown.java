package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Anchored preference optimisation, "down": sigmoid(r_w) + 1 - sigmoid(r_w - r_l), with r = beta *
 * log (pi / pi_t). It lowers the chosen response and the rejected one more, for pairs whose chosen
 * response is worse than what the model writes. Its source abbreviates it APO-down and TRL calls it
 * {@code apo_down}; accelerated preference optimisation, the outer loop of this project, is another
 * APO.
 *
 * <p>Source: D'Oosterlinck et al. 2024 (arXiv 2408.06266), equation 8.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 */
public record AnchoredDown(double beta) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "anchored-down",
          Map.of("beta", "0.1"),
          options -> new AnchoredDown(options.number("beta")));

  public AnchoredDown {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual chosen = pair.chosenLogRatio().times(beta);
    Dual margin = pair.logRatioMargin().times(beta);
    return chosen.sigmoid().plus(margin.negate().sigmoid());
  }
}

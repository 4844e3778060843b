package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Anchored preference optimisation, "zero": 1 - sigmoid(r_w) + sigmoid(r_l), with r = beta * log
 * (pi / pi_t). It raises the chosen response and lowers the rejected one, for pairs whose chosen
 * response is better than what the model writes. Its source abbreviates it APO-zero and TRL calls
 * it {@code apo_zero}; accelerated preference optimisation, the outer loop of this project, is
 * another APO.
 *
 * <p>Source: D'Oosterlinck et al. 2024 (arXiv 2408.06266), equation 7.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 */
public record AnchoredZero(double beta) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "anchored-zero",
          Map.of("beta", "0.1"),
          options -> new AnchoredZero(options.number("beta")));

  public AnchoredZero {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual chosen = pair.chosenLogRatio().times(beta);
    Dual rejected = pair.rejectedLogRatio().times(beta);
    return chosen.negate().sigmoid().plus(rejected.sigmoid());
  }
}

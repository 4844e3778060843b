package dev.proxima.algorithms.objective;

import static dev.proxima.algorithms.numeric.Logistic.sigmoid;
import static dev.proxima.algorithms.numeric.Logistic.softplus;

import java.util.Map;

/**
 * Direct preference optimisation: -log sigmoid(r_w - r_l), with the implicit reward r = beta * log
 * (pi / pi_t) and the sampling policy pi_t as reference.
 *
 * <p>Source: Rafailov et al. 2023 (arXiv 2305.18290), equation 7; as a proximal step, He, Yuan and
 * Gu 2024 (arXiv 2410.06293), section 3.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 */
public record Dpo(double beta) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType("dpo", Map.of("beta", 0.1), options -> new Dpo(options.get("beta")));

  public Dpo {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    LossAndGradient result = LossAndGradient.zeros(logps.size());
    for (int i = 0; i < logps.size(); i++) {
      double margin = beta * (logps.chosenLogRatio(i) - logps.rejectedLogRatio(i));
      double slope = -beta * sigmoid(-margin);
      result.losses()[i] = softplus(-margin);
      result.gradChosen()[i] = slope;
      result.gradRejected()[i] = -slope;
    }
    return result;
  }
}

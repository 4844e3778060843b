package dev.proxima.algorithms.objective;

import java.util.Map;

/**
 * Identity preference optimisation: (r_w - r_l - 1/tau)^2, with the implicit reward r = beta * log
 * (pi / pi_t).
 *
 * <p>Source: Azar et al. 2023 (arXiv 2310.12036), equation 17; in this scale, He, Yuan and Gu 2024
 * (arXiv 2410.06293), section 3. With tau = 2 it is beta^2 times the first paper's loss, and TRL's
 * {@code ipo}, at regularisation beta.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param tau inverse of the margin r_w - r_l that it aims at, above 0
 */
public record Ipo(double beta, double tau) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "ipo",
          Map.of("beta", 0.1, "tau", 2.0),
          options -> new Ipo(options.get("beta"), options.get("tau")));

  public Ipo {
    Require.positive("beta", beta);
    Require.positive("tau", tau);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    LossAndGradient result = LossAndGradient.zeros(logps.size());
    for (int i = 0; i < logps.size(); i++) {
      double margin = beta * (logps.chosenLogRatio(i) - logps.rejectedLogRatio(i));
      double excess = margin - 1 / tau;
      result.losses()[i] = excess * excess;
      result.gradChosen()[i] = 2 * beta * excess;
      result.gradRejected()[i] = -2 * beta * excess;
    }
    return result;
  }
}

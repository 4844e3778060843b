package dev.proxima.algorithms.objective;

import java.util.Map;

/**
 * Self-play preference optimisation: 1/2 (r_w - 1 + log Z)^2 + 1/2 (r_l + log Z)^2, with the
 * implicit reward r = beta * log(pi / pi_t) and Z = sum over y of pi_t(y|x) exp(P(y beats
 * pi_t|x)/beta). It draws r_w to 1 - log Z and r_l to -log Z, each by itself.
 *
 * <p>Source: Wu et al. 2024 (arXiv 2405.00675), who also set log Z to 1/2; in this scale, He, Yuan
 * and Gu 2024 (arXiv 2410.06293), section 3. With log Z = 1/2 it is beta^2 / 2 times TRL's {@code
 * sppo_hard}, whose squares are of r / beta.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param logZ log Z, finite
 */
public record Sppo(double beta, double logZ) implements PreferenceObjective {

  private static final double USUAL_LOG_Z = 0.5;

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "sppo",
          Map.of("beta", 0.1, "log-z", USUAL_LOG_Z),
          options -> new Sppo(options.get("beta"), options.get("log-z")));

  public Sppo {
    Require.positive("beta", beta);
    Require.finite("log-z", logZ);
  }

  /** With log Z = 1/2. */
  public Sppo(double beta) {
    this(beta, USUAL_LOG_Z);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    LossAndGradient result = LossAndGradient.zeros(logps.size());
    for (int i = 0; i < logps.size(); i++) {
      double chosen = beta * logps.chosenLogRatio(i) - 1 + logZ;
      double rejected = beta * logps.rejectedLogRatio(i) + logZ;
      result.losses()[i] = (chosen * chosen + rejected * rejected) / 2;
      result.gradChosen()[i] = beta * chosen;
      result.gradRejected()[i] = beta * rejected;
    }
    return result;
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Odds-ratio preference optimisation: -log pi(y_w|x) / |y_w| - lambda log sigmoid(log odds(y_w) -
 * log odds(y_l)), with odds = p / (1 - p) and log p = log pi(y|x) / |y|. It has no reference.
 *
 * <p>Source: Hong, Lee and Thorne 2024 (arXiv 2403.07691), equations 6 and 7. The mean
 * log-probability counts as at most -1e-6, beyond which the odds are no number. TRL's first term is
 * the mean over all tokens of the batch, prompts included.
 *
 * @param beta lambda, the weight of the odds ratio, above 0
 */
public record Orpo(double beta) implements PreferenceObjective {

  private static final double CERTAIN = 1e-6;

  static final ObjectiveType TYPE =
      new ObjectiveType("orpo", Map.of("beta", "0.1"), options -> new Orpo(options.number("beta")));

  public Orpo {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = logOdds(pair.meanChosen()).minus(logOdds(pair.meanRejected()));
    return Logit.loss(margin).times(beta).minus(pair.meanChosen());
  }

  private static Dual logOdds(Dual meanLogp) {
    return meanLogp.minus(meanLogp.log1mExp(CERTAIN));
  }
}

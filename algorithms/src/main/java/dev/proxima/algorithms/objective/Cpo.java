package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Contrastive preference optimisation: -log sigmoid(beta (log pi(y_w|x) - log pi(y_l|x))) - lambda
 * log pi(y_w|x) / |y_w|. It has no reference; the second term keeps the chosen response likely.
 *
 * <p>Source: Xu et al. 2024 (arXiv 2401.08417), equation 3. Libraries disagree on the second term:
 * the paper sums it over tokens, TRL takes the mean over all tokens of the batch, prompts included.
 * Here it is the response's own mean; for the others, weight 0 and {@code cpo + sft}.
 *
 * @param beta scale of the rewards, above 0
 * @param smoothing the probability that a label is wrong, in [0, 0.5)
 * @param likelihoodWeight lambda, at least 0
 */
public record Cpo(double beta, double smoothing, double likelihoodWeight)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "cpo",
          Map.of("beta", "0.1", "smoothing", "0", "likelihood-weight", "1"),
          options ->
              new Cpo(
                  options.number("beta"),
                  options.number("smoothing"),
                  options.number("likelihood-weight")));

  public Cpo {
    Require.positive("beta", beta);
    Require.belowHalf("smoothing", smoothing);
    Require.nonNegative("likelihood-weight", likelihoodWeight);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = pair.chosen().minus(pair.rejected()).times(beta);
    return Logit.loss(margin, smoothing).minus(pair.meanChosen().times(likelihoodWeight));
  }
}

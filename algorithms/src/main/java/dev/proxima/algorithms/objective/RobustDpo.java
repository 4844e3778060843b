package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Robust DPO: ((1 - epsilon) * -log sigmoid(m) - epsilon * -log sigmoid(-m)) / (1 - 2 epsilon) with
 * m = r_w - r_l. Where each label is flipped with probability epsilon, its expectation is DPO's
 * loss under the true labels. Unbounded below as m falls, since the flipped term is subtracted.
 *
 * <p>Source: Chowdhury, Kini and Natarajan 2024 (arXiv 2403.00409).
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param smoothing epsilon, the probability that a label is wrong, in [0, 0.5)
 * @param divergence what holds the policy to the reference
 */
public record RobustDpo(double beta, double smoothing, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "robust-dpo",
              Map.of("beta", "0.1", "smoothing", "0.1"),
              options ->
                  new RobustDpo(
                      options.number("beta"), options.number("smoothing"), options.divergence()))
          .withDivergence();

  public RobustDpo {
    Require.positive("beta", beta);
    Require.belowHalf("smoothing", smoothing);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = divergence.margin(pair).times(beta);
    Dual labelled = Logit.loss(margin).times(1 - smoothing);
    Dual flipped = Logit.loss(margin.negate()).times(smoothing);
    return labelled.minus(flipped).dividedBy(1 - 2 * smoothing);
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Simple preference optimisation: -log sigmoid(beta (log pi(y_w|x) / |y_w| - log pi(y_l|x) / |y_l|)
 * - gamma). It has no reference.
 *
 * <p>Source: Meng, Xia and Chen 2024 (arXiv 2405.14734), equation 6; beta of 2 to 10. With label
 * smoothing, TRL's {@code CPOTrainer} with {@code loss_type="simpo"}.
 *
 * @param beta scale of the rewards, above 0
 * @param gamma the margin that the rewards are to have, at least 0; the source states gamma / beta
 * @param smoothing the probability that a label is wrong, in [0, 0.5)
 */
public record SimPo(double beta, double gamma, double smoothing) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "simpo",
          Map.of("beta", "2", "gamma", "0.5", "smoothing", "0"),
          options ->
              new SimPo(
                  options.number("beta"), options.number("gamma"), options.number("smoothing")));

  public SimPo {
    Require.positive("beta", beta);
    Require.nonNegative("gamma", gamma);
    Require.belowHalf("smoothing", smoothing);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin = pair.meanChosen().minus(pair.meanRejected()).times(beta).minus(gamma);
    return Logit.loss(margin, smoothing);
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Identity preference optimisation: (r_w - r_l - 1/tau)^2, with the implicit reward r = beta * log
 * (pi / pi_t).
 *
 * <p>Source: Azar et al. 2023 (arXiv 2310.12036), equation 17; in this scale, He, Yuan and Gu 2024
 * (arXiv 2410.06293), section 3. With tau = 2 it is beta^2 times the first paper's loss at
 * regularisation beta; {@link Scale#LOG_RATIO} divides by beta^2, as in libraries. These disagree
 * on averaging: the paper's equation and TRL's {@code XPOTrainer} sum log-ratios over tokens, TRL's
 * {@code DPOTrainer} takes their mean per token and says that the authors confirmed it. The default
 * here is the equation's sum.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param tau inverse of the margin r_w - r_l that it aims at, above 0
 * @param aggregation whether log-ratios are summed over tokens or averaged
 * @param scale the unit of the squared difference
 * @param divergence what holds the policy to the reference
 */
public record Ipo(
    double beta, double tau, Aggregation aggregation, Scale scale, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "ipo",
              Map.of("beta", "0.1", "tau", "2", "aggregation", "sum", "scale", "reward"),
              options ->
                  new Ipo(
                      options.number("beta"),
                      options.number("tau"),
                      options.choice("aggregation", Aggregation.class),
                      options.choice("scale", Scale.class),
                      options.divergence()))
          .withDivergence();

  public Ipo {
    Require.positive("beta", beta);
    Require.positive("tau", tau);
  }

  /** Summed, in the scale of rewards, under the reverse Kullback-Leibler divergence. */
  public Ipo(double beta, double tau) {
    this(beta, tau, Aggregation.SUM, Scale.REWARD, Divergence.REVERSE_KL);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual margin =
        aggregation == Aggregation.SUM ? divergence.margin(pair) : divergence.meanMargin(pair);
    Dual excess =
        scale == Scale.REWARD ? margin.times(beta).minus(1 / tau) : margin.minus(1 / (tau * beta));
    return excess.square();
  }
}

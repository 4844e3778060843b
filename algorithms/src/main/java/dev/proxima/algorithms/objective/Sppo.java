package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;
import java.util.Set;

/**
 * Self-play preference optimisation: 1/2 (r_w - P_w + log Z)^2 + 1/2 (r_l - P_l + log Z)^2, with
 * the implicit reward r = beta * log(pi / pi_t) and Z = sum over y of pi_t(y|x) exp(P(y beats
 * pi_t|x)/beta). It draws each reward by itself to P - log Z. With hard labels, P_w = 1 and P_l =
 * 0; with soft ones they are estimates of P(y beats pi_t|x).
 *
 * <p>Source: Wu et al. 2024 (arXiv 2405.00675), equation 4.7, who also set log Z to 1/2; in this
 * scale, He, Yuan and Gu 2024 (arXiv 2410.06293), section 3. With hard labels and log Z = 1/2 it is
 * beta^2 / 2 times TRL's {@code sppo_hard}, whose squares are of r / beta and not halved; {@link
 * Scale#LOG_RATIO} multiplies by 2 / beta^2.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param logZ log Z, finite
 * @param labels where P_w and P_l come from
 * @param scale the unit of the squares
 */
public record Sppo(double beta, double logZ, Labels labels, Scale scale)
    implements PreferenceObjective {

  /** The win probabilities of a pair's responses. */
  public enum Labels {
    /** 1 and 0. */
    HARD,
    /** Estimated, see {@link PairRewards}. */
    SOFT
  }

  private static final double USUAL_LOG_Z = 0.5;

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "sppo",
          Map.of("beta", "0.1", "log-z", "" + USUAL_LOG_Z, "labels", "hard", "scale", "reward"),
          options ->
              new Sppo(
                  options.number("beta"),
                  options.number("log-z"),
                  options.choice("labels", Labels.class),
                  options.choice("scale", Scale.class)));

  public Sppo {
    Require.positive("beta", beta);
    Require.finite("log-z", logZ);
  }

  /** With hard labels and log Z = 1/2, in the scale of rewards. */
  public Sppo(double beta) {
    this(beta, USUAL_LOG_Z);
  }

  /** With hard labels, in the scale of rewards. */
  public Sppo(double beta, double logZ) {
    this(beta, logZ, Labels.HARD, Scale.REWARD);
  }

  @Override
  public Set<PairDetail> needs() {
    return labels == Labels.SOFT ? Set.of(PairDetail.REWARDS) : Set.of();
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(
        logps,
        i ->
            labels == Labels.HARD
                ? loss(logps.pair(i), 1, 0)
                : loss(
                    logps.pair(i),
                    logps.rewards(i).chosenWinRate(),
                    logps.rewards(i).rejectedWinRate()));
  }

  private Dual loss(Pair pair, double chosenWins, double rejectedWins) {
    Dual chosen = pair.chosenLogRatio().times(beta).minus(chosenWins - logZ);
    Dual rejected = pair.rejectedLogRatio().times(beta).minus(rejectedWins - logZ);
    double unit = scale == Scale.REWARD ? 2 : beta * beta;
    return chosen.square().plus(rejected.square()).dividedBy(unit);
  }
}

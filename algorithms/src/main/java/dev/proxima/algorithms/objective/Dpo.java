package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Direct preference optimisation: -log sigmoid(r_w - r_l), with the implicit reward r = beta * log
 * (pi / pi_t) and the sampling policy pi_t as reference. With label smoothing epsilon, the
 * conservative form: (1 - epsilon) times that plus epsilon times -log sigmoid(r_l - r_w).
 *
 * <p>Source: Rafailov et al. 2023 (arXiv 2305.18290), equation 7; as a proximal step, He, Yuan and
 * Gu 2024 (arXiv 2410.06293), section 3; smoothing, Mitchell 2023, "A note on DPO with noisy
 * preferences". Libraries disagree on smoothing: Mitchell's code and older TRL apply it here, TRL
 * 1.x leaves its {@code sigmoid} unsmoothed whatever {@code label_smoothing} says. The default, 0,
 * is the same in all.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param smoothing epsilon, the probability that a label is wrong, in [0, 0.5)
 * @param divergence what holds the policy to the reference
 */
public record Dpo(double beta, double smoothing, Divergence divergence)
    implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
              "dpo",
              Map.of("beta", "0.1", "smoothing", "0"),
              options ->
                  new Dpo(
                      options.number("beta"), options.number("smoothing"), options.divergence()))
          .withDivergence();

  public Dpo {
    Require.positive("beta", beta);
    Require.belowHalf("smoothing", smoothing);
  }

  /** Without smoothing, under the reverse Kullback-Leibler divergence. */
  public Dpo(double beta) {
    this(beta, 0, Divergence.REVERSE_KL);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    return Logit.loss(divergence.margin(pair).times(beta), smoothing);
  }
}

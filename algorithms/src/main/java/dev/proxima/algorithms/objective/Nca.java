package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Noise-contrastive alignment for pairs: -log sigmoid(r_w) - 1/2 log sigmoid(-r_w) - 1/2 log
 * sigmoid(-r_l), with r = beta * log (pi / pi_t). It acts on absolute rewards, which keeps the
 * chosen response's probability from falling.
 *
 * <p>Source: Chen et al. 2024 (arXiv 2402.05369), for two responses and a hard label.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 */
public record Nca(double beta) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType("nca", Map.of("beta", "0.1"), options -> new Nca(options.number("beta")));

  public Nca {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual chosen = pair.chosenLogRatio().times(beta);
    Dual rejected = pair.rejectedLogRatio().times(beta);
    Dual noise = Logit.loss(chosen.negate()).plus(Logit.loss(rejected.negate()));
    return Logit.loss(chosen).plus(noise.dividedBy(2));
  }
}

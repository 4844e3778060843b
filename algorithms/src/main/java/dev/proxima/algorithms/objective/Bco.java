package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Binary classifier optimisation on pairs: -log sigmoid(r_w) - log sigmoid(-r_l), with r = beta *
 * log (pi / pi_t): y_w and y_l are classified each by itself.
 *
 * <p>Source: Jung et al. 2024 (arXiv 2404.04656), without its reward shift delta, a running mean
 * over earlier batches; so too TRL's {@code bco_pair}.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 */
public record Bco(double beta) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType("bco", Map.of("beta", "0.1"), options -> new Bco(options.number("beta")));

  public Bco {
    Require.positive("beta", beta);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual chosen = pair.chosenLogRatio().times(beta);
    Dual rejected = pair.rejectedLogRatio().times(beta);
    return Logit.loss(chosen).plus(Logit.loss(rejected.negate()));
  }
}

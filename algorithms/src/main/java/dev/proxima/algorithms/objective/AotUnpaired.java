package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Alignment via optimal transport, unpaired: the logistic loss of r_w(k) - r_l(k) over the ranks k,
 * where r_w(k) is the k-th smallest implicit reward beta * log (pi / pi_t) of the batch's chosen
 * responses and r_l(k) that of its rejected ones. Chosen rewards are to dominate rejected ones as a
 * distribution (to first order), whatever the pairing. Losses are in ascending rank, not in the
 * batch's order.
 *
 * <p>Source: Melnyk et al. 2024 (arXiv 2406.05882); TRL's {@code aot_unpaired}.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param smoothing the probability that a label is wrong, in [0, 0.5)
 */
public record AotUnpaired(double beta, double smoothing) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "aot-unpaired",
          Map.of("beta", "0.1", "smoothing", "0"),
          options -> new AotUnpaired(options.number("beta"), options.number("smoothing")));

  public AotUnpaired {
    Require.positive("beta", beta);
    Require.belowHalf("smoothing", smoothing);
  }

  @Override
  public boolean couplesBatch() {
    return true;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    int[] chosen = Couplings.ranked(logps.size(), logps::chosenLogRatio);
    int[] rejected = Couplings.ranked(logps.size(), logps::rejectedLogRatio);
    return Couplings.losses(
        chosen, rejected, k -> loss(logps.pair(chosen[k]), logps.pair(rejected[k])));
  }

  private Dual loss(Pair chosen, Pair rejected) {
    Dual margin = chosen.chosenLogRatio().minus(rejected.rejectedLogRatio());
    return Logit.loss(margin.times(beta), smoothing);
  }
}

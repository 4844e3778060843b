package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * Alignment via optimal transport, paired: the logistic loss of beta (d_(k) - e_(k)) over the ranks
 * k, where d_(k) is the k-th smallest of the batch's log pi(y_w|x) - log pi(y_l|x) and e_(k) that
 * of the reference. The policy's margins are to dominate the reference's as a distribution (to
 * first order), not pair by pair. Losses are in ascending rank, not in the batch's order.
 *
 * <p>Source: Melnyk et al. 2024 (arXiv 2406.05882); TRL's {@code aot}.
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param smoothing the probability that a label is wrong, in [0, 0.5)
 */
public record Aot(double beta, double smoothing) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "aot",
          Map.of("beta", "0.1", "smoothing", "0"),
          options -> new Aot(options.number("beta"), options.number("smoothing")));

  public Aot {
    Require.positive("beta", beta);
    Require.belowHalf("smoothing", smoothing);
  }

  @Override
  public boolean couplesBatch() {
    return true;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    int n = logps.size();
    int[] policy = Couplings.ranked(n, i -> logps.policyChosen()[i] - logps.policyRejected()[i]);
    int[] reference = Couplings.ranked(n, i -> referenceMargin(logps, i));
    return Couplings.losses(
        policy, policy, k -> loss(logps.pair(policy[k]), referenceMargin(logps, reference[k])));
  }

  private Dual loss(Pair pair, double referenceMargin) {
    Dual margin = pair.chosen().minus(pair.rejected()).minus(referenceMargin);
    return Logit.loss(margin.times(beta), smoothing);
  }

  private static double referenceMargin(PairLogps logps, int i) {
    return logps.referenceChosen()[i] - logps.referenceRejected()[i];
  }
}

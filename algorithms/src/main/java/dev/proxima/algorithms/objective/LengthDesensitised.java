package dev.proxima.algorithms.objective;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Length desensitisation of an objective: in place of log pi(y|x) it sees sum over t up to s of log
 * pi(y_t|..) + alpha times the sum over the rest, with s the length of the pair's shorter response,
 * and so for the reference. What one response has more than the other weighs less. Token counts
 * stay.
 *
 * <p>Source: Liu et al. 2024, "LD-DPO" (arXiv 2409.06411); TRL's {@code ld_alpha}.
 *
 * @param objective what sees the desensitised log-probabilities; it must itself need no tokens
 * @param alpha weight of the rest, in [0, 1]; 1 changes nothing
 */
public record LengthDesensitised(PreferenceObjective objective, double alpha)
    implements PreferenceObjective {

  public LengthDesensitised {
    Require.inUnitInterval("ld-alpha", alpha);
    if (objective.needs().contains(PairDetail.TOKEN_LOGPS)) {
      throw new IllegalArgumentException("ld-alpha cannot be applied twice");
    }
  }

  @Override
  public boolean couplesBatch() {
    return objective.couplesBatch();
  }

  @Override
  public Set<PairDetail> needs() {
    Set<PairDetail> needs = EnumSet.of(PairDetail.TOKEN_LOGPS);
    needs.addAll(objective.needs());
    return needs;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    LossAndGradient result = objective.apply(desensitised(logps));
    int[] shared = sharedLengths(logps);
    return new LossAndGradient(
        result.losses(),
        result.gradChosen(),
        result.gradRejected(),
        Optional.of(
            new TokenGradient(
                correction(result.gradChosen(), logps.chosenTokens(), shared),
                correction(result.gradRejected(), logps.rejectedTokens(), shared))));
  }

  /** What the objective sees. */
  PairLogps desensitised(PairLogps logps) {
    TokenLogps tokens =
        logps
            .tokens()
            .orElseThrow(
                () -> new IllegalStateException("ld-alpha needs log-probabilities of tokens"));
    int[] shared = sharedLengths(logps);
    return new PairLogps(
        desensitised(tokens.policyChosen(), shared),
        desensitised(tokens.policyRejected(), shared),
        desensitised(tokens.referenceChosen(), shared),
        desensitised(tokens.referenceRejected(), shared),
        logps.chosenTokens(),
        logps.rejectedTokens(),
        Optional.empty(),
        logps.collisions(),
        logps.rewards());
  }

  private static int[] sharedLengths(PairLogps logps) {
    return IntStream.range(0, logps.size())
        .map(i -> Math.min(logps.chosenTokens()[i], logps.rejectedTokens()[i]))
        .toArray();
  }

  private double[] desensitised(double[][] tokenLogps, int[] shared) {
    double[] sums = new double[tokenLogps.length];
    for (int i = 0; i < sums.length; i++) {
      for (int t = 0; t < tokenLogps[i].length; t++) {
        sums[i] += tokenLogps[i][t] * (t < shared[i] ? 1 : alpha);
      }
    }
    return sums;
  }

  /** What takes a token beyond the shared length from its sequence's gradient to alpha times it. */
  private double[][] correction(double[] gradient, int[] lengths, int[] shared) {
    double[][] correction = new double[gradient.length][];
    for (int i = 0; i < gradient.length; i++) {
      correction[i] = new double[lengths[i]];
      Arrays.fill(correction[i], shared[i], lengths[i], (alpha - 1) * gradient[i]);
    }
    return correction;
  }
}

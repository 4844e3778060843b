package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import dev.proxima.algorithms.numeric.OrderedSum;
import java.util.Map;

/**
 * SPO's value-function penalty, a term to add to any pairwise objective: max(0, L_SFT - v), where
 * L_SFT is the mean over the batch of -log pi(y_w|x) / |y_w| and v approximates its optimum. It
 * keeps the policy where supervised fine-tuning on the preferred responses would, to within v, and
 * does nothing inside.
 *
 * <p>Source: Jian et al. 2025 (arXiv 2507.07723), the single-level form of its bilevel problem. In
 * a configuration {@code "dpo + 2 sft-excess"} with {@code sft-excess.value = 1.2}.
 *
 * @param value v, in nats per token
 */
public record SftExcess(double value) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "sft-excess", Map.of("value", "0"), options -> new SftExcess(options.number("value")));

  public SftExcess {
    Require.finite("value", value);
  }

  @Override
  public boolean couplesBatch() {
    return true;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    double[] sft = new double[logps.size()];
    for (int i = 0; i < sft.length; i++) {
      sft[i] = -logps.policyChosen()[i] / logps.chosenTokens()[i];
    }
    return OrderedSum.mean(sft) <= value
        ? LossAndGradient.zeros(logps.size())
        : PerPair.losses(logps, i -> excess(logps.pair(i)));
  }

  private Dual excess(Pair pair) {
    return pair.meanChosen().negate().minus(value);
  }
}

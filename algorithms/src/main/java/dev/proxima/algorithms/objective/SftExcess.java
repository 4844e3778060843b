package dev.proxima.algorithms.objective;

import java.util.Map;

/**
 * SPO's value-function penalty, a term to add to any pairwise objective: max(0, L_SFT - v), where
 * L_SFT is the mean over the batch of -log pi(y_w|x) / |y_w| and v approximates its optimum. It
 * keeps the policy where supervised fine-tuning on the preferred responses would, to within v, and
 * does nothing inside.
 *
 * <p>Source: Jian et al. 2025 (arXiv 2507.07723), the single-level form of its bilevel problem. In
 * a configuration {@code "dpo + 2 sft-excess"} with {@code sft-excess.value = 1.2}, or {@code
 * spo.form = penalty}.
 *
 * @param value v
 */
public record SftExcess(SftValue value) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "sft-excess",
          Map.of("value", "0"),
          options -> new SftExcess(SftValue.parse(options.text("value"))));

  @Override
  public boolean couplesBatch() {
    return true;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    double least = value.at(logps);
    return SftValue.loss(logps) <= least
        ? LossAndGradient.zeros(logps.size())
        : PerPair.losses(logps, i -> logps.pair(i).meanChosen().negate().minus(least));
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;

/**
 * SPO's absolute-probability regulariser, a term to add to any pairwise objective: max(0, log
 * pi_t(y_w|x) - log pi(y_w|x)). It costs where the preferred response has become less likely than
 * under the reference, which the difference of two log-probabilities does not see.
 *
 * <p>Source: Jian et al. 2025 (arXiv 2507.07723). In a configuration {@code "dpo + 0.5
 * absolute-probability"}.
 *
 * @param aggregation whether the log-ratio is summed or averaged over tokens
 */
public record AbsoluteProbability(Aggregation aggregation) implements PreferenceObjective {

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "absolute-probability",
          Map.of("aggregation", "sum"),
          options -> new AbsoluteProbability(options.choice("aggregation", Aggregation.class)));

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i)));
  }

  private Dual loss(Pair pair) {
    Dual missing = pair.chosenLogRatio().negate().positivePart();
    return aggregation == Aggregation.MEAN ? missing.dividedBy(pair.chosenTokens()) : missing;
  }
}

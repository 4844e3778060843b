package dev.proxima.algorithms.spo;

import dev.proxima.algorithms.objective.AbsoluteProbability;
import dev.proxima.algorithms.objective.Aggregation;

/**
 * SPO's absolute-probability regulariser, {@link AbsoluteProbability}.
 *
 * @param weight at least 0; 0 leaves it out
 * @param aggregation whether the log-ratio is summed or averaged over tokens
 */
public record Regulariser(double weight, Aggregation aggregation) {

  /** Leaves it out. */
  public static final Regulariser NONE = new Regulariser(0, Aggregation.SUM);

  public Regulariser {
    Require.nonNegative("regulariser.weight", weight);
  }
}

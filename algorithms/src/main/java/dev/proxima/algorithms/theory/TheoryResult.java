package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.algorithms.evaluation.Estimate;
import java.util.List;

/**
 * What the laboratory measured.
 *
 * @param closedFormError Theorem 4.1: the greatest difference of a probability from the closed form
 * @param gap Theorem 4.4
 * @param distance Theorem 4.8
 * @param generalPreferences Theorem B.2
 * @param tradeOff the gap with sampled pairs, by number of pairs, then alpha
 */
public record TheoryResult(
    double closedFormError,
    Theorem gap,
    Theorem distance,
    Theorem generalPreferences,
    List<TradeOffPoint> tradeOff) {

  /**
   * A theorem about how fast something falls, relative to alpha = 0.
   *
   * @param ratios one for each alpha
   * @param curves what falls, one for each alpha
   */
  public record Theorem(List<Ratio> ratios, List<Curve> curves) {}

  /**
   * A rate, or the inverse of one, relative to that of alpha = 0.
   *
   * @param measured mean over seeds
   * @param interval 95 % bootstrap interval over seeds
   * @param predicted by the theorem
   */
  public record Ratio(double alpha, double measured, Interval interval, double predicted) {}

  /**
   * A quantity by iteration, averaged over seeds.
   *
   * @param iterations shape [n]
   * @param values shape [n]
   */
  public record Curve(double alpha, double[] iterations, double[] values) {}

  /**
   * One cell of the trade-off.
   *
   * @param pairs N of each iteration; 0 for exact expectations
   * @param gap the sub-optimality gap over seeds
   */
  public record TradeOffPoint(int pairs, double alpha, Estimate gap) {}
}

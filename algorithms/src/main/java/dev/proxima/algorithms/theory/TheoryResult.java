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
 * @param displacement what training does to a pair's probabilities, by method
 */
public record TheoryResult(
    double closedFormError,
    Theorem gap,
    Theorem distance,
    Theorem generalPreferences,
    List<TradeOffPoint> tradeOff,
    List<Displacement> displacement) {

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

  /**
   * Likelihood displacement under one method, all from the same reference.
   *
   * @param steps of gradient descent, shape [n], from 0
   * @param states n of them
   */
  public record Displacement(String method, int[] steps, List<PairState> states) {

    /** Before the first step. */
    public PairState first() {
      return states.get(0);
    }

    /** After the last step. */
    public PairState last() {
      return states.get(states.size() - 1);
    }
  }

  /**
   * Means over the prompts, over seeds.
   *
   * @param chosen log pi(y_w|x), in nats
   * @param rejected log pi(y_l|x), in nats
   * @param outside the probability of all responses but those two, which only a policy over few
   *     responses can tell
   * @param cosine between the gradients of the mean log pi(y_w|x) and of the mean log pi(y_l|x)
   */
  public record PairState(Estimate chosen, Estimate rejected, Estimate outside, Estimate cosine) {}
}

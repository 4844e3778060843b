package dev.proxima.algorithms.evaluation;

import static dev.proxima.algorithms.numeric.Logistic.sigmoid;
import static dev.proxima.algorithms.numeric.Logistic.softplus;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Logistic regression without intercept on targets that may be probabilities: the minimiser of
 * |w|_1 + C sum_i [-y_i log p_i - (1 - y_i) log(1 - p_i)] with p_i = sigmoid(w . x_i), which is
 * what LIBLINEAR minimises (Fan et al. 2008, JMLR 9, section 2) and scikit-learn's {@code
 * LogisticRegression(penalty="l1", solver="liblinear", fit_intercept=False)}.
 */
final class SparseLogistic {

  private static final int MOST_SWEEPS = 10_000;
  private static final double TOLERANCE = 1e-12;

  /** scikit-learn's: ten strengths from 1e-4 to 1e4, evenly on a logarithmic scale. */
  private static final double[] STRENGTHS =
      IntStream.range(0, 10).mapToDouble(i -> StrictMath.pow(10, -4 + i * 8 / 9.0)).toArray();

  private SparseLogistic() {}

  /**
   * The weights with the strength C, of ten from 1e-4 to 1e4, that predicts best (by mean
   * cross-entropy) where it was not fitted; example i is left out in fold i mod {@code folds}.
   *
   * @param features shape [n, d]
   * @param targets in [0, 1], shape [n]
   */
  static double[] fitCrossValidated(double[][] features, double[] targets, int folds) {
    double best = STRENGTHS[0];
    double least = Double.POSITIVE_INFINITY;
    for (double strength : STRENGTHS) {
      double entropy = 0;
      for (int fold = 0; fold < folds; fold++) {
        entropy += heldOutEntropy(features, targets, strength, fold, folds);
      }
      if (entropy < least) {
        least = entropy;
        best = strength;
      }
    }
    return fit(features, targets, best);
  }

  /**
   * The weights at one strength, by coordinate descent with Newton steps.
   *
   * @param strength C, above 0: the larger, the weaker the penalty
   */
  static double[] fit(double[][] features, double[] targets, double strength) {
    int n = features.length;
    double[] weights = new double[features[0].length];
    double[] logits = new double[n];
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      double moved = 0;
      for (int j = 0; j < weights.length; j++) {
        double step = step(features, targets, strength, weights, logits, j);
        weights[j] += step;
        for (int i = 0; i < n; i++) {
          logits[i] += step * features[i][j];
        }
        moved = Math.max(moved, Math.abs(step));
      }
      if (moved < TOLERANCE) {
        return weights;
      }
    }
    throw new ArithmeticException("the logistic regression did not converge");
  }

  /**
   * The step of one weight to the minimum of the penalty and a quadratic that lies above the loss
   * around it, so that no step can overshoot: p (1 - p) is at most 1/4.
   */
  private static double step(
      double[][] features,
      double[] targets,
      double strength,
      double[] weights,
      double[] logits,
      int j) {
    double slope = 0;
    double curvature = 0;
    for (int i = 0; i < features.length; i++) {
      double x = features[i][j];
      slope += strength * (sigmoid(logits[i]) - targets[i]) * x;
      curvature += strength * x * x / 4;
    }
    if (curvature == 0) {
      return -weights[j];
    }
    double aim = weights[j] - slope / curvature;
    return Math.signum(aim) * Math.max(0, Math.abs(aim) - 1 / curvature) - weights[j];
  }

  private static double heldOutEntropy(
      double[][] features, double[] targets, double strength, int fold, int folds) {
    int[] fitted = IntStream.range(0, targets.length).filter(i -> i % folds != fold).toArray();
    int[] heldOut = IntStream.range(0, targets.length).filter(i -> i % folds == fold).toArray();
    double[] weights =
        fit(
            Arrays.stream(fitted).mapToObj(i -> features[i]).toArray(double[][]::new),
            Arrays.stream(fitted).mapToDouble(i -> targets[i]).toArray(),
            strength);
    return Arrays.stream(heldOut)
        .mapToDouble(i -> entropy(dot(weights, features[i]), targets[i]))
        .average()
        .orElse(0);
  }

  private static double entropy(double logit, double target) {
    return softplus(logit) - target * logit;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}

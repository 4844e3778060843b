package dev.proxima.algorithms.numeric;

/** The logistic function and its integral; finite and accurate for every finite argument. */
public final class Logistic {

  private Logistic() {}

  /** sigmoid(x) = 1 / (1 + exp(-x)), in [0, 1]. */
  public static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + StrictMath.exp(-x));
    }
    double odds = StrictMath.exp(x);
    return odds / (1 + odds);
  }

  /** softplus(x) = log(1 + exp(x)), at least 0; -log sigmoid(x) is softplus(-x). */
  public static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}

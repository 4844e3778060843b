package dev.proxima.algorithms.tabular;

import java.util.List;

/**
 * The closed form of the outer loop with momentum from the proximal solutions (He, Yuan and Gu
 * 2024, arXiv 2410.06293, Theorem 4.1): pihat_{t+1}(y|x) is proportional to pi_ref(y|x) exp((1 /
 * beta) sum_{i=0..t} w_{t+1-i} r_i(x, y)) with w_k = (1 - alpha^k) / (1 - alpha).
 */
public final class ClosedForm {

  private ClosedForm() {}

  /**
   * pihat_{t+1} after t + 1 iterations.
   *
   * @param reference pi_ref
   * @param rewards the implicit rewards r_0 to r_t of the iterations, each of shape [X][Y]
   * @param beta KL strength, above 0
   * @param alpha extrapolation parameter, in [0, 1)
   */
  public static TabularPolicy proximal(
      TabularPolicy reference, List<double[][]> rewards, double beta, double alpha) {
    double[][] weighted = new double[reference.prompts()][reference.responses()];
    for (int i = 0; i < rewards.size(); i++) {
      double weight = weight(rewards.size() - i, alpha);
      for (int x = 0; x < reference.prompts(); x++) {
        for (int y = 0; y < reference.responses(); y++) {
          weighted[x][y] += weight * rewards.get(i)[x][y];
        }
      }
    }
    return reference.tilt(weighted, 1 / beta);
  }

  /**
   * w_k = (1 - alpha^k) / (1 - alpha): the weight of a reward in the k-th proximal solution that
   * knows it.
   */
  public static double weight(int k, double alpha) {
    // 1 - alpha^k without cancellation as alpha nears 1; log 0 = -infinity gives w_k = 1.
    return -StrictMath.expm1(k * StrictMath.log(alpha)) / (1 - alpha);
  }

  /** C_n = sum_{k=1..n} w_k: the total weight of a reward that is the same in all n iterations. */
  public static double accumulatedWeight(int n, double alpha) {
    double sum = 0;
    for (int k = 1; k <= n; k++) {
      sum += weight(k, alpha);
    }
    return sum;
  }
}

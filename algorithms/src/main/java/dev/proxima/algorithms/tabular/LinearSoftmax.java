package dev.proxima.algorithms.tabular;

/**
 * Tabular policies that share parameters: pi_theta(y|x) is proportional to exp &lt;theta, f(x,
 * y)&gt;, so that a step on one response moves all those with similar features.
 *
 * @param features f, shape [X][Y][d]
 */
public record LinearSoftmax(double[][][] features) {

  /** The number of prompts, X. */
  public int prompts() {
    return features.length;
  }

  /** The number of parameters, d. */
  public int parameters() {
    return features[0][0].length;
  }

  /**
   * pi_theta.
   *
   * @param theta shape [d]
   */
  public TabularPolicy policy(double[] theta) {
    double[][] logits = new double[features.length][features[0].length];
    for (int x = 0; x < logits.length; x++) {
      for (int y = 0; y < logits[x].length; y++) {
        for (int i = 0; i < theta.length; i++) {
          logits[x][y] += theta[i] * features[x][y][i];
        }
      }
    }
    return new TabularPolicy(logits);
  }

  /**
   * Adds {@code weight} times the gradient of log pi_theta(y|x), f(x, y) less its mean under the
   * policy.
   *
   * @param policy pi_theta
   * @param sum shape [d]
   */
  public void addGradient(TabularPolicy policy, int x, int y, double weight, double[] sum) {
    for (int other = 0; other < features[x].length; other++) {
      double share = weight * ((other == y ? 1 : 0) - policy.probability(x, other));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += share * features[x][other][i];
      }
    }
  }
}

package dev.proxima.algorithms.objective;

import java.util.Arrays;

/**
 * Gradients of single response tokens, to be added to the gradient of the sequence that a token is
 * in: the whole derivative by the log-probability of token t of y_w is {@code gradChosen[i] +
 * chosen[i][t]}.
 *
 * @param chosen of y_w, shape [n][chosen tokens]
 * @param rejected of y_l, shape [n][rejected tokens]
 */
public record TokenGradient(double[][] chosen, double[][] rejected) {

  TokenGradient at(int[] indices) {
    return new TokenGradient(pick(chosen, indices), pick(rejected, indices));
  }

  TokenGradient times(double[] weights) {
    return new TokenGradient(scaled(chosen, weights), scaled(rejected, weights));
  }

  TokenGradient plus(TokenGradient other) {
    return new TokenGradient(sum(chosen, other.chosen), sum(rejected, other.rejected));
  }

  private static double[][] pick(double[][] rows, int[] indices) {
    return Arrays.stream(indices).mapToObj(i -> rows[i]).toArray(double[][]::new);
  }

  private static double[][] scaled(double[][] rows, double[] weights) {
    double[][] scaled = new double[rows.length][];
    Arrays.setAll(scaled, i -> Arrays.stream(rows[i]).map(value -> value * weights[i]).toArray());
    return scaled;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][];
    Arrays.setAll(sum, i -> LossAndGradient.sum(a[i], b[i]));
    return sum;
  }
}

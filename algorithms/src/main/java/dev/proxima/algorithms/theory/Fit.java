package dev.proxima.algorithms.theory;

/** Straight lines through points. */
final class Fit {

  private Fit() {}

  /** The least-squares slope of {@code y[i]} against i, over from (inclusive) to to (exclusive). */
  static double slope(double[] y, int from, int to) {
    double meanX = (from + to - 1) / 2.0;
    double meanY = 0;
    for (int i = from; i < to; i++) {
      meanY += y[i] / (to - from);
    }
    double products = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      products += (i - meanX) * (y[i] - meanY);
      squares += (i - meanX) * (i - meanX);
    }
    return products / squares;
  }
}

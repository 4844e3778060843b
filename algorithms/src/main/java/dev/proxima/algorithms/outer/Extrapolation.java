package dev.proxima.algorithms.outer;

import java.nio.FloatBuffer;

/**
 * Extrapolation in parameter space: theta_{t+1} = thetahat_{t+1} + alpha * (thetahat_{t+1} -
 * anchor), element by element. With alpha = 0 the result is thetahat_{t+1} bit for bit, with alpha
 * = -1 the anchor; between the two it is a moving average of them.
 *
 * <p>Source: He, Yuan and Gu 2024 (arXiv 2410.06293), section 3; exact for softmax-linear policies,
 * an approximation for networks.
 */
public final class Extrapolation {

  private Extrapolation() {}

  /** A new array of the extrapolated parameters, all three of shape [d]. */
  public static double[] extrapolate(double[] next, double[] anchor, double alpha) {
    requireSameSize(next.length, anchor.length);
    if (alpha == ReferenceUpdate.KEEP) {
      return anchor.clone();
    }
    double[] target = next.clone();
    if (alpha == 0) {
      return target;
    }
    for (int i = 0; i < target.length; i++) {
      target[i] += alpha * (next[i] - anchor[i]);
    }
    return target;
  }

  /**
   * Extrapolates a chunk of parameters, in float32 arithmetic.
   *
   * <p>Works on the remaining elements of the buffers, which must be equally many, and leaves
   * positions and limits alone. {@code target} may be {@code next} or {@code anchor}, for work in
   * place.
   */
  public static void extrapolate(
      FloatBuffer next, FloatBuffer anchor, double alpha, FloatBuffer target) {
    int size = next.remaining();
    requireSameSize(size, anchor.remaining());
    requireSameSize(size, target.remaining());
    float step = (float) alpha;
    if (step == 0 || step == ReferenceUpdate.KEEP) {
      // Not through the formula, which turns -0 into 0 and an infinity into NaN.
      FloatBuffer whole = step == 0 ? next : anchor;
      target.put(target.position(), whole, whole.position(), size);
      return;
    }
    int n = next.position();
    int a = anchor.position();
    int t = target.position();
    for (int i = 0; i < size; i++) {
      float value = next.get(n + i);
      target.put(t + i, value + step * (value - anchor.get(a + i)));
    }
  }

  private static void requireSameSize(int expected, int actual) {
    if (expected != actual) {
      throw new IllegalArgumentException(
          "cannot extrapolate " + expected + " parameters with " + actual + " others");
    }
  }
}

package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Masks that are added to attention scores [batch, key/value heads, group * queries, keys]: 0 where
 * a query may look, else so low that the softmax gives exactly 0. Finite, so that a padding row
 * that sees nothing stays a number.
 */
final class AttentionMasks {

  private static final float HIDDEN = -1e30f;

  private AttentionMasks() {}

  /**
   * No position sees a later one: [group * length, length].
   *
   * @param group query heads of a key/value head; the mask repeats for each
   */
  static NDArray causal(NDManager manager, int length, int group) {
    float[] mask = new float[group * length * length];
    for (int row = 0; row < group * length; row++) {
      int query = row % length;
      Arrays.fill(mask, row * length + query + 1, (row + 1) * length, HIDDEN);
    }
    return manager.create(mask, new Shape((long) group * length, length));
  }

  /** No position sees the first {@code padding[b]} columns of its row: [batch, 1, 1, columns]. */
  static NDArray leftPadding(NDManager manager, int[] padding, int columns) {
    float[] mask = new float[padding.length * columns];
    for (int row = 0; row < padding.length; row++) {
      Arrays.fill(mask, row * columns, row * columns + padding[row], HIDDEN);
    }
    return manager.create(mask, new Shape(padding.length, 1, 1, columns));
  }
}

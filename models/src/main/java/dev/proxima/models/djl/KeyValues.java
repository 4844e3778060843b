package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** Keys and values of the positions before those of a forward pass. */
interface KeyValues {

  /** The number of earlier positions. */
  int length();

  /**
   * Takes up a layer's new keys and values.
   *
   * @param keys [batch, key/value heads, new positions, head size], turned to their positions
   * @param values likewise
   * @return keys and values of all positions, earlier ones first
   */
  NDList extend(int layer, NDArray keys, NDArray values);

  /** Nothing before and nothing kept. */
  KeyValues NONE =
      new KeyValues() {
        @Override
        public int length() {
          return 0;
        }

        @Override
        public NDList extend(int layer, NDArray keys, NDArray values) {
          return new NDList(keys, values);
        }
      };
}

package dev.proxima.models;

import java.util.List;

/**
 * A frozen reward model on one device: a decoder that ends in one number for a whole sequence. Safe
 * for use by several threads, since nothing in it changes.
 */
public interface RewardModel extends AutoCloseable {

  /**
   * The reward of each sequence, read at its last token; in order.
   *
   * @param sequences token ids, each of length at least 1; see {@link RewardEncoder}
   */
  default double[] rewards(List<int[]> sequences) {
    return rewards(sequences, () -> {});
  }

  /**
   * Likewise.
   *
   * @param progress run now and then, on the calling thread; it may throw to end the work
   */
  double[] rewards(List<int[]> sequences, Runnable progress);

  /** Frees the native memory. */
  @Override
  void close();
}

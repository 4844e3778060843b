package dev.proxima.actors.node;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * The batches of several passes over a data set: each pass is a fresh permutation cut into batches,
 * the last of which may be smaller.
 */
final class Epochs {

  private final int examples;
  private final int batchSize;
  private final int batchesPerEpoch;
  private final int epochs;
  private final IntFunction<RandomStream> randomOfEpoch;
  private int epoch = -1;
  private int[] order;

  Epochs(int examples, int batchSize, int epochs, IntFunction<RandomStream> randomOfEpoch) {
    this.examples = examples;
    this.batchSize = batchSize;
    this.batchesPerEpoch = (examples + batchSize - 1) / batchSize;
    this.epochs = epochs;
    this.randomOfEpoch = randomOfEpoch;
  }

  /** The number of batches in all passes. */
  int steps() {
    return batchesPerEpoch * epochs;
  }

  /** Indices of the examples in batch {@code step} of 0 .. steps - 1. */
  int[] batch(int step) {
    int wanted = step / batchesPerEpoch;
    if (wanted != epoch) {
      epoch = wanted;
      order = randomOfEpoch.apply(epoch).permutation(examples);
    }
    int from = step % batchesPerEpoch * batchSize;
    return Arrays.copyOfRange(order, from, Math.min(from + batchSize, examples));
  }
}

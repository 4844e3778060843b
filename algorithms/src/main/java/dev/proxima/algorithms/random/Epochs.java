package dev.proxima.algorithms.random;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The batches of several passes over a data set: each pass is an order of the examples cut into
 * batches, the last of which may be smaller.
 */
public final class Epochs {

  private final int examples;
  private final int batchSize;
  private final int batchesPerEpoch;
  private final int epochs;
  private final IntFunction<int[]> orderOfEpoch;
  private int epoch = -1;
  private int[] order;

  private Epochs(IntFunction<int[]> orderOfEpoch, int examples, int batchSize, int epochs) {
    this.examples = examples;
    this.batchSize = batchSize;
    this.batchesPerEpoch = (examples + batchSize - 1) / batchSize;
    this.epochs = epochs;
    this.orderOfEpoch = orderOfEpoch;
  }

  /** Each pass, counted from 0, is a fresh permutation. */
  public Epochs(int examples, int batchSize, int epochs, IntFunction<RandomStream> randomOfEpoch) {
    this(epoch -> randomOfEpoch.apply(epoch).permutation(examples), examples, batchSize, epochs);
  }

  /** Each pass has the examples in their own order. */
  public static Epochs inOrder(int examples, int batchSize, int epochs) {
    return new Epochs(epoch -> IntStream.range(0, examples).toArray(), examples, batchSize, epochs);
  }

  /** The number of batches in all passes. */
  public int steps() {
    return batchesPerEpoch * epochs;
  }

  /** Indices of the examples in batch {@code step} of 0 .. steps - 1. */
  public int[] batch(int step) {
    int wanted = step / batchesPerEpoch;
    if (wanted != epoch) {
      epoch = wanted;
      order = orderOfEpoch.apply(epoch);
    }
    int from = step % batchesPerEpoch * batchSize;
    return Arrays.copyOfRange(order, from, Math.min(from + batchSize, examples));
  }
}

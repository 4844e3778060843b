package dev.proxima.models.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;

/**
 * Which entries dropout leaves out in a training step: by the seed, the step, the place and entry,
 * and the token with those before it in its sequence. So neither the device matters nor what else
 * is in the batch or micro-batch, and a pass that is computed once more leaves out the same.
 * Sequences lack the same entries as far as they begin with the same tokens, as the two of a pair
 * do, whose prompt is computed once.
 *
 * <p>An entry is kept where the product of its token's key and its own is at least {@link #least}
 * ({@code kept} in {@code decoder.py}).
 */
final class DropoutMasks {

  private final double share;
  private final long seed;
  private final String purpose;
  private RandomStream step;

  /**
   * Begins with step 0.
   *
   * @param share of the entries that is left out, in [0, 1)
   * @param purpose tells these draws from others of the same seed
   */
  DropoutMasks(double share, long seed, String purpose) {
    this.share = share;
    this.seed = seed;
    this.purpose = purpose;
    begin(0);
  }

  /** Begins a 0-based optimiser step, which draws anew. */
  void begin(int number) {
    step = RandomStream.of(seed, purpose + " step", number);
  }

  /** The keys of packed tokens, int64 [n, 1]. */
  PtNDArray tokens(PackedBatch batch, NDManager manager) {
    // Odd, so that its products with all keys are as uniform as those keys are.
    long[] keys = Arrays.stream(batch.prefixes()).map(prefix -> step.bits(prefix) | 1).toArray();
    return (PtNDArray) manager.create(keys, new Shape(keys.length, 1));
  }

  /** The keys of the entries at a place, int64 [count]; the same in every step. */
  PtNDArray entries(int count, NDManager manager, long... place) {
    RandomStream random = RandomStream.of(seed, purpose + " input", place);
    long[] keys = new long[count];
    Arrays.setAll(keys, random::bits);
    return (PtNDArray) manager.create(keys);
  }

  /** The least product with which an entry is kept, int64 []. */
  PtNDArray least(NDManager manager) {
    return (PtNDArray) manager.create(Long.MIN_VALUE + 2 * (long) (share * 0x1p63));
  }
}

package dev.proxima.models;

import java.util.Objects;

/**
 * How a tensor engine computes; for all its models.
 *
 * @param threads threads of one operation on the CPU; 0 for all cores
 * @param checkpointing whether training keeps only each layer's input and computes the rest again
 *     on the way back (Chen et al. 2016): about a third more work, a fraction of the memory
 * @param cacheBytes most memory of the keys and values of a generation, unless one prompt needs
 *     more
 */
public record EngineOptions(
    int threads, Precision precision, boolean checkpointing, long cacheBytes) {

  public static final EngineOptions DEFAULT =
      new EngineOptions(0, Precision.FLOAT32, false, 256L << 20);

  public EngineOptions {
    Objects.requireNonNull(precision, "precision");
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be 0 or more, not " + threads);
    }
    if (cacheBytes < 1) {
      throw new IllegalArgumentException("cacheBytes must be positive, not " + cacheBytes);
    }
  }

  public EngineOptions withThreads(int count) {
    return new EngineOptions(count, precision, checkpointing, cacheBytes);
  }
}

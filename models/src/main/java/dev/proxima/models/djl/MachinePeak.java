package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * What this machine's CPU reaches at best through the tensor library: the floor under any model's
 * time is its floating-point operations and its bytes at these rates.
 *
 * @param flops float32 operations per second of a large matrix product
 * @param bytes bytes per second read from memory by a large sum
 */
public record MachinePeak(double flops, double bytes) {

  private static final int SIDE = 2048;
  private static final long READ_FLOATS = 64L << 20;
  private static final int TRIALS = 5;

  /** Measures the best of several trials, which takes a second or two. Needs 300 MiB. */
  public static MachinePeak measure(TorchEngine engine) {
    try (NDManager manager = engine.cpuManager()) {
      NDArray square = manager.randomUniform(-1, 1, new Shape(SIDE, SIDE));
      NDArray long1d = manager.ones(new Shape(READ_FLOATS));
      double product = best(() -> Ops.linear(square, square).close());
      double sum = best(() -> long1d.sum().close());
      return new MachinePeak(
          2.0 * SIDE * SIDE * SIDE / product, (double) READ_FLOATS * Float.BYTES / sum);
    }
  }

  private static double best(Runnable operation) {
    double best = Double.POSITIVE_INFINITY;
    for (int trial = 0; trial <= TRIALS; trial++) {
      long start = System.nanoTime();
      operation.run();
      best = Math.min(best, (System.nanoTime() - start) * 1e-9);
    }
    return best;
  }
}

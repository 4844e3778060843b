package dev.proxima.models.lora;

import dev.proxima.models.ModelConfig;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.TensorInfo;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * A model's parameters with an adapter merged into them as they are read: W + scale B A, computed
 * in float32, each entry by the same operations on every machine. Besides the base's file and the
 * adapter it holds no more than the part that is asked for.
 */
public final class MergedCheckpoint implements Checkpoint {

  private final Checkpoint base;
  private final double scale;
  private final Map<String, LoraFactors> factors = new HashMap<>();

  /**
   * @param base of a model with this {@code config}; closed with this one
   * @param factors of the modules that have an adapter
   * @param scale what B A is multiplied by
   */
  public MergedCheckpoint(
      Checkpoint base, ModelConfig config, List<LoraFactors> factors, double scale) {
    this.base = base;
    this.scale = scale;
    String prefix = Architectures.of(config).basePrefix();
    for (LoraFactors each : factors) {
      String name = each.module().weight();
      // A file that was saved without the model's head leaves the prefix out.
      boolean bare = !base.tensors().containsKey(name) && name.startsWith(prefix);
      this.factors.put(bare ? name.substring(prefix.length()) : name, each);
    }
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return base.tensors();
  }

  @Override
  public Map<String, String> metadata() {
    return base.metadata();
  }

  @Override
  public FloatBuffer floats(String name) {
    FloatBuffer whole = base.floats(name);
    LoraFactors change = factors.get(name);
    return change == null ? whole : merged(whole, change, 0);
  }

  @Override
  public FloatBuffer floats(String name, long begin, int count) {
    FloatBuffer part = base.floats(name, begin, count);
    LoraFactors change = factors.get(name);
    return change == null ? part : merged(part, change, begin);
  }

  @Override
  public void close() {
    base.close();
  }

  /** A part of a weight from element {@code begin} on, with its change. */
  private FloatBuffer merged(FloatBuffer part, LoraFactors change, long begin) {
    LoraModule module = change.module();
    int width = module.transposed() ? module.outputs() : module.inputs();
    float[] right = right(change);
    float[] sum = new float[part.remaining()];
    part.duplicate().get(sum);
    long end = begin + sum.length;
    IntStream.rangeClosed(Math.toIntExact(begin / width), Math.toIntExact((end - 1) / width))
        .parallel()
        .forEach(
            row -> {
              long start = (long) row * width;
              int first = (int) (Math.max(begin, start) - start);
              int last = (int) (Math.min(end, start + width) - start);
              float[] product = product(change, row, right, width, first, last);
              int at = (int) (start + first - begin);
              for (int i = 0; i < product.length; i++) {
                sum[at + i] += (float) scale * product[i];
              }
            });
    return FloatBuffer.wrap(sum).asReadOnlyBuffer();
  }

  /**
   * Entries {@code first} (inclusive) to {@code last} (exclusive) of a row of B A or its mirror.
   */
  private static float[] product(
      LoraFactors change, int row, float[] right, int width, int first, int last) {
    float[] product = new float[last - first];
    for (int k = 0; k < change.rank(); k++) {
      float left = left(change, row, k);
      int from = k * width + first;
      for (int i = 0; i < product.length; i++) {
        product[i] += left * right[from + i];
      }
    }
    return product;
  }

  /** Of the product in the file's layout, B A or A^T B^T, the left factor, [rows, rank]. */
  private static float left(LoraFactors change, int row, int k) {
    return change.module().transposed()
        ? change.down().get(k * change.module().inputs() + row)
        : change.up().get(row * change.rank() + k);
  }

  /** The right factor, [rank, width]. */
  private static float[] right(LoraFactors change) {
    float[] right;
    if (change.module().transposed()) {
      int outputs = change.module().outputs();
      right = new float[change.up().remaining()];
      for (int i = 0; i < right.length; i++) {
        right[i] = change.up().get(i % outputs * change.rank() + i / outputs);
      }
    } else {
      right = new float[change.down().remaining()];
      change.down().duplicate().get(right);
    }
    return right;
  }
}

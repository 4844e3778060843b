package dev.proxima.models.safetensors;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A model's parameters open for reading, in one safetensors file or in shards with an index. Safe
 * for use by several threads.
 */
public interface Checkpoint extends AutoCloseable {

  /** Elements of a part that is read at a time where a whole tensor is not needed at once. */
  int PART_ELEMENTS = 1 << 24;

  /**
   * Opens a safetensors file or, where the name ends in {@code .index.json}, the shards that the
   * index names.
   *
   * @throws IllegalArgumentException with one line that names the file, and the tensor where it is
   *     one, when a file is missing or malformed or an index disagrees with its shards
   */
  static Checkpoint open(Path path) {
    return path.getFileName().toString().endsWith(ShardedCheckpoint.INDEX_SUFFIX)
        ? ShardedCheckpoint.open(path)
        : SafetensorsFile.open(path);
  }

  /** The tensors by name. */
  SortedMap<String, TensorInfo> tensors();

  /** Free-form metadata; of the first shard where there are several. */
  Map<String, String> metadata();

  /**
   * A part of an F32, F16 or BF16 tensor as float32, in row-major order: read-only, valid after
   * {@link #close}. F32 is a view of the mapped file, the others are converted.
   *
   * @param begin the first element
   * @param count elements; at most 2^29 - 1, that is 2 GiB
   * @throws IllegalArgumentException when there is no such tensor, it is of another type, or the
   *     part does not lie within it
   */
  FloatBuffer floats(String name, long begin, int count);

  /**
   * A whole tensor, as {@link #floats(String, long, int)}.
   *
   * @throws IllegalArgumentException also when the tensor has more elements than one part may
   */
  FloatBuffer floats(String name);

  /** Hands a tensor over in parts, in order, as {@link SafetensorsWriter.Source} asks. */
  default void supply(String name, Consumer<FloatBuffer> parts) {
    long elements = tensors().get(name).elements();
    for (long begin = 0; begin < elements; begin += PART_ELEMENTS) {
      parts.accept(floats(name, begin, (int) Math.min(PART_ELEMENTS, elements - begin)));
    }
  }

  @Override
  void close();
}

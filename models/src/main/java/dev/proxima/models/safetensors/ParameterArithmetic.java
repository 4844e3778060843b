package dev.proxima.models.safetensors;

import dev.proxima.algorithms.outer.Extrapolation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Arithmetic on whole checkpoints in float32, in one pass over mapped files; besides these, the
 * memory holds one part of a tensor (64 MiB) and, of 16-bit sources, one of each. The checkpoints
 * must have the same tensors in the same shapes, whatever their types; a result is F32, has the
 * metadata of the first file and appears complete or not at all.
 */
public final class ParameterArithmetic {

  private ParameterArithmetic() {}

  /**
   * The element-wise mean: the sum in the order of the list, divided once. The mean of one file is
   * that file bit for bit.
   *
   * @param replicas at least one file
   * @throws IllegalArgumentException with one line that names the file and the tensor that do not
   *     fit
   */
  public static void average(List<Path> replicas, Path target) {
    if (replicas.isEmpty()) {
      throw new IllegalArgumentException("nothing to average");
    }
    combine(
        replicas,
        target,
        (parts, mean) -> {
          mean.put(0, parts.get(0), 0, mean.limit());
          for (FloatBuffer part : parts.subList(1, parts.size())) {
            for (int i = 0; i < mean.limit(); i++) {
              mean.put(i, mean.get(i) + part.get(i));
            }
          }
          float count = parts.size();
          for (int i = 0; i < mean.limit(); i++) {
            mean.put(i, mean.get(i) / count);
          }
        });
  }

  /**
   * theta = next + alpha * (next - anchor), see {@link Extrapolation}.
   *
   * @param alpha in [-1, 1)
   * @throws IllegalArgumentException with one line that names the file and the tensor that do not
   *     fit
   */
  public static void extrapolate(Path next, Path anchor, double alpha, Path target) {
    combine(
        List.of(next, anchor),
        target,
        (parts, theta) -> Extrapolation.extrapolate(parts.get(0), parts.get(1), alpha, theta));
  }

  /** Writes, for each part, what {@code operation} puts into the buffer from the sources' own. */
  private static void combine(
      List<Path> sources, Path target, BiConsumer<List<FloatBuffer>, FloatBuffer> operation) {
    List<Checkpoint> files = new ArrayList<>();
    try {
      for (Path source : sources) {
        files.add(Checkpoint.open(source));
      }
      SortedMap<String, long[]> shapes = commonShapes(sources, files);
      FloatBuffer result = allocate(shapes);
      SafetensorsWriter.write(
          target,
          shapes,
          (name, output) -> {
            long elements = TensorInfo.elements(shapes.get(name));
            for (long begin = 0; begin < elements; begin += Checkpoint.PART_ELEMENTS) {
              FloatBuffer part = combine(files, name, begin, elements, result, operation);
              output.accept(part);
            }
          },
          files.get(0).metadata());
    } finally {
      files.forEach(Checkpoint::close);
    }
  }

  private static FloatBuffer combine(
      List<Checkpoint> files,
      String name,
      long begin,
      long end,
      FloatBuffer result,
      BiConsumer<List<FloatBuffer>, FloatBuffer> operation) {
    int count = (int) Math.min(Checkpoint.PART_ELEMENTS, end - begin);
    List<FloatBuffer> parts = files.stream().map(file -> file.floats(name, begin, count)).toList();
    FloatBuffer part = result.slice(0, count);
    operation.accept(parts, part);
    return part;
  }

  private static FloatBuffer allocate(SortedMap<String, long[]> shapes) {
    long largest = shapes.values().stream().mapToLong(TensorInfo::elements).max().orElse(0);
    int elements = (int) Math.min(Checkpoint.PART_ELEMENTS, largest);
    return ByteBuffer.allocateDirect(elements * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static SortedMap<String, long[]> commonShapes(
      List<Path> sources, List<Checkpoint> files) {
    SortedMap<String, long[]> shapes = shapes(files.get(0));
    for (int i = 1; i < files.size(); i++) {
      SortedMap<String, long[]> others = shapes(files.get(i));
      SortedSet<String> names = new TreeSet<>(shapes.keySet());
      names.addAll(others.keySet());
      for (String name : names) {
        if (!Arrays.equals(shapes.get(name), others.get(name))) {
          throw new IllegalArgumentException(
              "tensor '%s' differs: %s in %s, %s in %s"
                  .formatted(
                      name,
                      describe(shapes.get(name)),
                      sources.get(0),
                      describe(others.get(name)),
                      sources.get(i)));
        }
      }
    }
    return shapes;
  }

  private static SortedMap<String, long[]> shapes(Checkpoint file) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    file.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  private static String describe(long[] shape) {
    return shape == null ? "missing" : "shape " + Arrays.toString(shape);
  }
}

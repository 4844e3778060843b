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
 * Arithmetic on whole parameter files in float32, in one pass over mapped files; besides these, the
 * memory holds one tensor, off the heap. The files must have the same tensors in the same shapes. A
 * result has the metadata of the first file and appears complete or not at all.
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
   * @throws IllegalArgumentException with one line that names the file and the tensor that do not
   *     fit
   */
  public static void extrapolate(Path next, Path anchor, double alpha, Path target) {
    combine(
        List.of(next, anchor),
        target,
        (parts, theta) -> Extrapolation.extrapolate(parts.get(0), parts.get(1), alpha, theta));
  }

  /** Writes, for each tensor, what {@code operation} puts into the buffer from the sources' own. */
  private static void combine(
      List<Path> sources, Path target, BiConsumer<List<FloatBuffer>, FloatBuffer> operation) {
    List<SafetensorsFile> files = new ArrayList<>();
    try {
      for (Path source : sources) {
        files.add(SafetensorsFile.open(source));
      }
      SortedMap<String, long[]> shapes = commonShapes(sources, files);
      FloatBuffer result = allocate(shapes);
      SafetensorsWriter.write(
          target,
          shapes,
          name -> {
            List<FloatBuffer> parts = files.stream().map(file -> file.floats(name)).toList();
            FloatBuffer tensor = result.slice(0, parts.get(0).remaining());
            operation.accept(parts, tensor);
            return tensor;
          },
          files.get(0).metadata());
    } finally {
      files.forEach(SafetensorsFile::close);
    }
  }

  private static FloatBuffer allocate(SortedMap<String, long[]> shapes) {
    long largest =
        shapes.values().stream()
            .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
            .max()
            .orElse(0);
    return ByteBuffer.allocateDirect(Math.toIntExact(largest * Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static SortedMap<String, long[]> commonShapes(
      List<Path> sources, List<SafetensorsFile> files) {
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

  private static SortedMap<String, long[]> shapes(SafetensorsFile file) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    file.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  private static String describe(long[] shape) {
    return shape == null ? "missing" : "shape " + Arrays.toString(shape);
  }
}

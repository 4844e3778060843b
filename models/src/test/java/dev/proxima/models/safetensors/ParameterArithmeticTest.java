package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterArithmeticTest {

  @TempDir Path folder;

  /** 1 + 2^-24 is not a float, so 2^-24 added to 1 is lost, and added to 2^-24 first is not. */
  @Test
  void theMeanSumsInTheOrderOfTheList() {
    float tiny = 0x1p-24f;
    Path one = write("one", Map.of("a", new float[] {1, -3}, "b", new float[] {8}));
    Path two = write("two", Map.of("a", new float[] {tiny, 0}, "b", new float[] {4}));
    Path three = write("three", Map.of("a", new float[] {tiny, 6}, "b", new float[] {0}));
    Path target = folder.resolve("mean");

    ParameterArithmetic.average(List.of(one, two, three), target);
    assertThat(read(target, "a")).containsExactly(1f / 3, 1);
    assertThat(read(target, "b")).containsExactly(4);

    ParameterArithmetic.average(List.of(three, two, one), target);
    assertThat(read(target, "a")).containsExactly((1 + 0x1p-23f) / 3, 1);
  }

  @Test
  void theMeanOfOneIsItselfBitForBit() {
    float[] values = {-0f, 0f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, 0.1f};
    Path only = write("only", Map.of("x", values));
    Path target = folder.resolve("mean");
    ParameterArithmetic.average(List.of(only), target);
    assertThat(target).hasSameBinaryContentAs(only);
  }

  /** Formula of the paper, element by element, in float32. */
  @Test
  void extrapolatesEveryTensor() {
    Random random = new Random(7);
    float[] next = randomFloats(random, 5000);
    float[] anchor = randomFloats(random, 5000);
    Path a = write("next", Map.of("w", next, "v", new float[] {2}));
    Path b = write("anchor", Map.of("w", anchor, "v", new float[] {1}));
    Path target = folder.resolve("theta");

    ParameterArithmetic.extrapolate(a, b, 0.3, target);

    float[] expected = new float[next.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = next[i] + 0.3f * (next[i] - anchor[i]);
    }
    assertThat(read(target, "w")).containsExactly(expected);
    assertThat(read(target, "v")).containsExactly(2.3f);

    ParameterArithmetic.extrapolate(a, b, 0, target);
    assertThat(target).hasSameBinaryContentAs(a);
  }

  @Test
  void filesThatDoNotMatchAreRefusedByTensor() {
    Path a = write("a", Map.of("x", new float[2], "y", new float[1]));
    Path wider = write("wider", Map.of("x", new float[3], "y", new float[1]));
    Path fewer = write("fewer", Map.of("x", new float[2]));
    Path target = folder.resolve("mean");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterArithmetic.average(List.of(a, wider), target))
        .withMessage("tensor 'x' differs: shape [2] in %s, shape [3] in %s".formatted(a, wider));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterArithmetic.extrapolate(a, fewer, 0.3, target))
        .withMessage("tensor 'y' differs: shape [1] in %s, missing in %s".formatted(a, fewer));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterArithmetic.extrapolate(fewer, a, 0.3, target))
        .withMessage("tensor 'y' differs: missing in %s, shape [1] in %s".formatted(fewer, a));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterArithmetic.average(List.of(), target))
        .withMessage("nothing to average");
    assertThat(target).doesNotExist();
  }

  private Path write(String name, Map<String, float[]> tensors) {
    Path file = folder.resolve(name);
    SortedMap<String, long[]> shapes = new TreeMap<>();
    tensors.forEach((tensor, values) -> shapes.put(tensor, new long[] {values.length}));
    SafetensorsWriter.write(
        file, shapes, tensor -> FloatBuffer.wrap(tensors.get(tensor)), Map.of("format", "pt"));
    return file;
  }

  private static float[] read(Path path, String name) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      FloatBuffer buffer = file.floats(name);
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private static float[] randomFloats(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

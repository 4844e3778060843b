package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /**
   * One unit in the last place above 1 and a quarter of it beyond: 1 + 2^-7 + 2^-9 of bfloat16 and
   * 1 + 2^-10 + 2^-12 of float16, exact in float32. Either format's own arithmetic would round the
   * quarter away, and the extrapolation with it.
   */
  @ParameterizedTest
  @CsvSource({"BF16, 0x3F80, 0x1.028p0", "F16, 0x3C00, 0x1.005p0"})
  void sixteenBitWeightsAreExtrapolatedInFloat32(String dtype, int one, float expected)
      throws IOException {
    Path next = writeHalf("next", dtype, (short) (one + 1));
    Path anchor = writeHalf("anchor", dtype, (short) one);
    Path target = folder.resolve("theta");

    ParameterArithmetic.extrapolate(next, anchor, 0.25, target);

    assertThat(read(target, "x")).containsExactly(expected);
    try (SafetensorsFile file = SafetensorsFile.open(target)) {
      assertThat(file.tensors().get("x").dtype()).isEqualTo("F32");
    }
  }

  /** A moving average, also of one file in bfloat16 with one in float32: 1/4 of 3 and 3/4 of 1. */
  @Test
  void averagesTowardsTheNextWhereAlphaIsNegative() throws IOException {
    Path next = writeHalf("next", "BF16", (short) 0x4040);
    Path reference = write("reference", Map.of("x", new float[] {1}));
    Path target = folder.resolve("theta");

    ParameterArithmetic.extrapolate(next, reference, -0.75, target);

    assertThat(read(target, "x")).containsExactly(1.5f);
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

  /** A file of one tensor x with one element of two bytes. */
  private Path writeHalf(String name, String dtype, short bits) throws IOException {
    byte[] header =
        "{'x':{'dtype':'%s','shape':[1],'data_offsets':[0,2]}}"
            .formatted(dtype)
            .replace('\'', '"')
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + 2).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).putShort(bits);
    return Files.write(folder.resolve(name), file.array());
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

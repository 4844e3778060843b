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
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  /** Twelve bytes of data: one tensor of three floats. */
  private static final String VALID = "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}";

  @TempDir Path folder;

  @Test
  void readsAFileLaidOutByHand() throws IOException {
    ByteBuffer data = littleEndian(28);
    data.putFloat(1.5f).putFloat(-2).putFloat(0.25f).putFloat(4);
    data.putShort((short) 7).putShort((short) 8).putLong(9);
    Path file =
        write(
            "{'__metadata__':{'format':'pt'},"
                + "'z':{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]},"
                + "'h':{'dtype':'BF16','shape':[2],'data_offsets':[16,20]},"
                + "'i':{'dtype':'I64','shape':[],'data_offsets':[20,28]}}   ",
            data.array());

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.tensors().keySet()).containsExactly("h", "i", "z");
      assertThat(read.tensors().get("z").shape()).containsExactly(2, 2);
      assertThat(read.tensors().get("h"))
          .extracting(TensorInfo::dtype, TensorInfo::begin, TensorInfo::end)
          .containsExactly("BF16", 16L, 20L);
      assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
      assertThat(read.floats("z"))
          .isEqualTo(FloatBuffer.wrap(new float[] {1.5f, -2, 0.25f, 4}))
          .matches(FloatBuffer::isReadOnly);
      assertThat(read.floats("z", 1, 2)).isEqualTo(FloatBuffer.wrap(new float[] {-2, 0.25f}));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read.floats("i"))
          .withMessage(file + ": tensor 'i' is I64, not F32, F16 or BF16");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read.floats("z", 3, 2))
          .withMessage(file + ": tensor 'z' of 4 elements has no part of 2 from 3");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read.floats("q"))
          .withMessage(file + ": has no tensor 'q'");
    }
  }

  /** Bits by hand from the formats' definitions; 0x0001 is the smallest subnormal, 2^-24. */
  @Test
  void widensBothHalfPrecisions() throws IOException {
    ByteBuffer data = littleEndian(17);
    data.put((byte) 1);
    for (int bits : new int[] {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x3FC0, 0xC000, 0x0001, 0x7F7F}) {
      data.putShort((short) bits);
    }
    Path file =
        write(
            "{'odd':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
                + "'h':{'dtype':'F16','shape':[2,2],'data_offsets':[1,9]},"
                + "'b':{'dtype':'BF16','shape':[4],'data_offsets':[9,17]}}",
            data.array());

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.floats("h"))
          .isEqualTo(FloatBuffer.wrap(new float[] {1, -2, 0x1p-24f, 65504}))
          .matches(FloatBuffer::isReadOnly);
      assertThat(read.floats("b"))
          .isEqualTo(FloatBuffer.wrap(new float[] {1.5f, -2, 0x1p-133f, 0x1.FEp127f}));
      assertThat(read.floats("b", 3, 1)).isEqualTo(FloatBuffer.wrap(new float[] {0x1.FEp127f}));
    }
  }

  @Test
  void writesExactlyTheFormat() throws IOException {
    SortedMap<String, long[]> shapes = new TreeMap<>(Map.of("b", new long[] {2}, "a", new long[0]));
    Map<String, float[]> values = Map.of("a", new float[] {3}, "b", new float[] {-1, 0.5f});
    Path file = folder.resolve("w.safetensors");

    SafetensorsWriter.write(
        file, shapes, name -> FloatBuffer.wrap(values.get(name)), Map.of("format", "pt"));

    String header =
        ("{'__metadata__':{'format':'pt'},"
                + "'a':{'dtype':'F32','shape':[],'data_offsets':[0,4]},"
                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}")
            .replace('\'', '"');
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = littleEndian(8 + padded + 12).putLong(padded);
    expected.put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8));
    expected.putFloat(3).putFloat(-1).putFloat(0.5f);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void tensorsLargerThanAChunkRoundTripUnconsumed() {
    int size = (1 << 18) * 2 + 3;
    FloatBuffer values = FloatBuffer.allocate(size);
    for (int i = 0; i < size; i++) {
      values.put(i, i * 0.5f);
    }
    Path file = folder.resolve("large.safetensors");

    SafetensorsWriter.write(
        file, new TreeMap<>(Map.of("x", new long[] {size})), name -> values, Map.of());

    assertThat(values.position()).isZero();
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.floats("x")).isEqualTo(values);
      assertThat(read.metadata()).isEmpty();
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("kept.safetensors");
    Files.writeString(file, "old");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SafetensorsWriter.write(
                    file,
                    new TreeMap<>(Map.of("x", new long[] {2, 3})),
                    name -> FloatBuffer.allocate(5),
                    Map.of()))
        .withMessage("tensor 'x' has 6 elements, but 5 were given");

    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write(VALID, new byte[12]));
    for (int length = 0; length < whole.length; length++) {
      Path file = folder.resolve("truncated.safetensors");
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatIllegalArgumentException()
          .as("%d of %d bytes", length, whole.length)
          .isThrownBy(() -> SafetensorsFile.open(file).close())
          .withMessageStartingWith(file + ": ")
          .withMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1]|the header is not a JSON object",
        "``|the header is not a JSON object",
        "` {}`|the header is not a JSON object",
        "{'a':|the header is not valid JSON",
        "{'a\\nb':1}|tensor 'a?b' has no dtype",
        "{} {}|the header is not valid JSON",
        "{'a':1}|tensor 'a' has no dtype",
        "{'a':{'dtype':'F99','shape':[3],'data_offsets':[0,12]}}|unknown dtype 'F99'",
        "{'a':{'dtype':'F32','data_offsets':[0,12]}}|tensor 'a' has no shape",
        "{'a':{'dtype':'F32','shape':[3]}}|tensor 'a' has no data_offsets",
        "{'a':{'dtype':'F32','shape':[-3],'data_offsets':[0,12]}}|non-negative integers",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,12]}}|non-negative integers",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[12,0]}}|not a range",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}|needs 8 bytes, but its range holds 12",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,12]}}|too large a shape",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}|tensor 'b' begins at byte 4, inside another tensor",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}|tensor 'b' begins at byte 8, after a gap from byte 4",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|the tensors take 8 bytes, but the file holds 12",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]},'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}|not valid JSON: Duplicate",
        "{'__metadata__':{'n':1},'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}|__metadata__ 'n' is not a string",
      })
  void corruptHeadersAreRefusedInOneLine(String header, String message) throws IOException {
    assertRefused(write(header, new byte[12]), message);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, 100_000_001})
  void impossibleHeaderLengthsAreRefused(long length) throws IOException {
    Path file = folder.resolve("length.safetensors");
    Files.write(file, littleEndian(64).putLong(length).array());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SafetensorsFile.open(file).close())
        .withMessage(file + ": is not a safetensors file: impossible header length");
  }

  @Test
  void headersInOtherEncodingsAreRefused() throws IOException {
    byte[] utf16 = VALID.replace('\'', '"').getBytes(StandardCharsets.UTF_16LE);
    assertRefused(write(utf16, new byte[12]), "the header is not valid JSON");
    byte[] latin = "{\"\u00e9\":1}".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(write(latin, new byte[12]), "the header is not valid JSON: it is not UTF-8");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("absent.safetensors");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SafetensorsFile.open(file).close())
        .withMessage(file + ": no such file");
  }

  private static void assertRefused(Path file, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SafetensorsFile.open(file).close())
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  private Path write(String header, byte[] data) throws IOException {
    return write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), data);
  }

  private Path write(byte[] json, byte[] data) throws IOException {
    ByteBuffer bytes = littleEndian(8 + json.length + data.length).putLong(json.length);
    Path file = folder.resolve("hand.safetensors");
    Files.write(file, bytes.put(json).put(data).array());
    return file;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Damaged files are read whole or refused in one line, and cost no more memory than they weigh. */
class SafetensorsFuzzTest {

  private static final byte[] VALID =
      file(
          "{'__metadata__':{'format':'pt'},"
              + "'a':{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]},"
              + "'b':{'dtype':'BF16','shape':[3],'data_offsets':[16,22]},"
              + "'c':{'dtype':'F16','shape':[],'data_offsets':[22,24]}}",
          24);

  /** What a hostile header would say; each is also put in the place of another. */
  private static final List<String> FRAGMENTS =
      List.of(
          "9223372036854775807",
          "-1",
          "18446744073709551616",
          "1e9",
          "4294967296",
          "0",
          "16",
          "'F32'",
          "'BF16'",
          "'F64'",
          "''",
          "null",
          "[]",
          "{}",
          "'a'",
          "'__metadata__'",
          "{'a':",
          "[[[[",
          "\\u0000",
          "\\ud800",
          "'data_offsets'",
          "[0,16]",
          ",",
          ":",
          "}",
          "]");

  /** Enough for the parser's buffers and the exception; far less than any length above. */
  private static final long MOST_BYTES = 4 << 20;

  private static Path path;

  @BeforeContainer
  static void create() throws IOException {
    path = Files.createTempFile("fuzz", ".safetensors");
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(path);
  }

  @Property(tries = 3000)
  void mutatedFilesAreReadOrRefused(@ForAll("mutated") byte[] bytes) throws IOException {
    Files.write(path, bytes);
    long before = allocated();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertReadable(file);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).startsWith(path + ": ").hasSizeLessThan(1000).hasLineCount(1);
    }
    assertThat(allocated() - before).isLessThan(MOST_BYTES);
  }

  private static void assertReadable(SafetensorsFile file) {
    file.tensors()
        .forEach(
            (name, tensor) -> {
              if (List.of("F32", "F16", "BF16").contains(tensor.dtype())) {
                FloatBuffer floats = file.floats(name);
                assertThat((long) floats.remaining()).isEqualTo(tensor.elements());
                for (int i = 0; i < floats.limit(); i++) {
                  floats.get(i);
                }
              }
            });
  }

  @Provide
  Arbitrary<byte[]> mutated() {
    return Arbitraries.oneOf(header(), bits(), cut(), length())
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(
            mutations -> {
              byte[] bytes = VALID;
              for (Mutation mutation : mutations) {
                bytes = mutation.apply(bytes);
              }
              return bytes;
            });
  }

  private interface Mutation {
    byte[] apply(byte[] bytes);
  }

  /** A fragment in place of a stretch of the header, the header's length put right again. */
  private static Arbitrary<Mutation> header() {
    return Combinators.combine(
            Arbitraries.doubles().between(0, 1),
            Arbitraries.integers().between(0, 12),
            Arbitraries.of(FRAGMENTS))
        .as(
            (at, replaced, fragment) ->
                bytes -> {
                  if (bytes.length < 8) {
                    return bytes;
                  }
                  int end = Math.max(8, bytes.length - 24);
                  int from = 8 + (int) (at * (end - 8));
                  int to = Math.min(end, from + replaced);
                  byte[] inserted = ascii(fragment);
                  ByteBuffer result = littleEndian(bytes.length - (to - from) + inserted.length);
                  result.putLong(end - 8 - (to - from) + inserted.length);
                  result.put(bytes, 8, from - 8).put(inserted).put(bytes, to, bytes.length - to);
                  return result.array();
                });
  }

  private static Arbitrary<Mutation> bits() {
    return Combinators.combine(Arbitraries.doubles().between(0, 1), Arbitraries.bytes())
        .as(
            (at, value) ->
                bytes -> {
                  byte[] result = bytes.clone();
                  if (result.length > 0) {
                    result[(int) (at * (result.length - 1))] ^= value;
                  }
                  return result;
                });
  }

  private static Arbitrary<Mutation> cut() {
    return Arbitraries.integers()
        .between(-64, 64)
        .map(by -> bytes -> Arrays.copyOf(bytes, Math.max(0, bytes.length + by)));
  }

  private static Arbitrary<Mutation> length() {
    return Arbitraries.longs()
        .map(
            length ->
                bytes -> {
                  byte[] result = Arrays.copyOf(bytes, Math.max(8, bytes.length));
                  ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
                  return result;
                });
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] json = ascii(header);
    return littleEndian(8 + json.length + dataBytes).putLong(json.length).put(json).array();
  }

  private static byte[] ascii(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

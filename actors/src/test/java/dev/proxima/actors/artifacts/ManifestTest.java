package dev.proxima.actors.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expected names come from Python, with CRC32C computed bit by bit, which gives 0xe3069283 for
 * "123456789" as RFC 3720, appendix B.4 defines it:
 *
 * <pre>{@code
 * def crc32c(b):
 *     c = 0xffffffff
 *     for x in b:
 *         c ^= x
 *         for _ in range(8): c = (c >> 1) ^ (0x82F63B78 if c & 1 else 0)
 *     return c ^ 0xffffffff
 * def name(b, chunk=256 * 1024):
 *     return sha256(pack('>Q', len(b)) + sha256(b).digest() + b''.join(
 *         pack('>I', crc32c(b[i:i + chunk])) for i in range(0, len(b), chunk))).hexdigest()
 * }</pre>
 */
class ManifestTest {

  private static final int CHUNK = 256 * 1024;
  private static final byte[] TWO_CHUNKS = twoChunks();

  @Test
  void namesAgreeWithAnIndependentImplementation() {
    assertThat(ArtifactId.of(new byte[0]).sha256())
        .isEqualTo("9a0be4ec109b7ca51504ebd60835e9599f33a732c47c5450301784f5c28edd63");
    assertThat(ArtifactId.of("abc".getBytes(StandardCharsets.UTF_8)).sha256())
        .isEqualTo("6407bea2ae6e98476e58caca5ab2352d71da2d0bf67086a869710ef68d8c8dba");
    assertThat(ArtifactId.of(TWO_CHUNKS).sha256())
        .isEqualTo("6fdfbaf4cf15f9ccc6aa8081aa702059122e8b1f79ef9159538a69ee9b5c58a8");
  }

  @Test
  void aChunkMatchesInItsPlaceAlone() {
    Manifest manifest = Manifest.of(TWO_CHUNKS);
    ByteBuffer first = ByteBuffer.wrap(TWO_CHUNKS, 0, CHUNK);
    ByteBuffer second = ByteBuffer.wrap(TWO_CHUNKS, CHUNK, 1);

    assertThat(manifest.chunkAt(0)).isEqualTo(CHUNK);
    assertThat(manifest.chunkAt(CHUNK)).isEqualTo(1);
    assertThat(manifest.matches(0, first)).isTrue();
    assertThat(manifest.matches(CHUNK, second)).isTrue();
    assertThat(first.remaining()).isEqualTo(CHUNK);
    assertThat(manifest.matches(CHUNK, first)).isFalse();
    assertThat(manifest.matches(CHUNK, ByteBuffer.wrap(TWO_CHUNKS, 0, 1))).isFalse();
    assertThat(manifest.matches(0, ByteBuffer.wrap(TWO_CHUNKS, 0, CHUNK - 1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 35, 36, 39})
  void aChangeOfAnyPartChangesTheName(int index) {
    Manifest manifest = Manifest.of(TWO_CHUNKS);
    ByteBuffer encoded = manifest.encoded();
    assertThat(Manifest.decode(CHUNK + 1, encoded.duplicate()).id()).isEqualTo(manifest.id());

    encoded.put(index, (byte) (encoded.get(index) ^ 1));

    assertThat(Manifest.decode(CHUNK + 1, encoded).id()).isNotEqualTo(manifest.id());
    assertThat(Manifest.decode(CHUNK + 2, manifest.encoded()).id()).isNotEqualTo(manifest.id());
  }

  @Test
  void aStreamThatEndsEarlyIsRefused() {
    assertThatThrownBy(() -> Manifest.of(new ByteArrayInputStream(new byte[2]), 3))
        .isInstanceOf(IOException.class)
        .hasMessage("it became shorter while it was read");
  }

  private static byte[] twoChunks() {
    byte[] bytes = new byte[CHUNK + 1];
    bytes[CHUNK] = 1;
    return bytes;
  }
}

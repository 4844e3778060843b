package dev.proxima.actors.artifacts;

import dev.proxima.models.io.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What an artefact consists of: its length, the SHA-256 of its content and the CRC32C of each of
 * its chunks. An artefact is named by the SHA-256 of its manifest, so whoever knows the name can
 * check a manifest that anybody hands over, and then each chunk by itself at the speed of memory.
 *
 * <p>What a check is worth: the SHA-256 of the content tells of every change, also of one that
 * somebody made on purpose. The CRC32C of a chunk tells of damage, which stays unseen once in 2^32;
 * but who wants to can find other bytes with the same CRC32C. By chunks alone, bytes are therefore
 * accepted only from where nobody is expected to forge them.
 */
public final class Manifest {

  /** Bytes of each chunk but the last, which has what is left; they stay in a core's cache. */
  public static final int CHUNK = 256 * 1024;

  private static final int SHA256 = 32;

  private final long length;
  private final byte[] content;
  private final int[] checksums;
  private final ArtifactId id;

  private Manifest(long length, byte[] content, int[] checksums) {
    this.length = length;
    this.content = content;
    this.checksums = checksums;
    MessageDigest digest = Sha256.digest();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, length));
    digest.update(encoded());
    this.id = new ArtifactId(HexFormat.of().formatHex(digest.digest()));
  }

  /** The manifest of a file's content. */
  public static Manifest of(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      return of(bytes, Files.size(file));
    }
  }

  /** The manifest of these bytes. */
  public static Manifest of(byte[] bytes) {
    try {
      return of(new ByteArrayInputStream(bytes), bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The manifest of a stream's content.
   *
   * @param length how many bytes are read
   * @throws IOException also if there are not so many
   */
  static Manifest of(InputStream bytes, long length) throws IOException {
    MessageDigest digest = Sha256.digest();
    int[] checksums = new int[chunks(length)];
    byte[] chunk = new byte[(int) Math.min(length, CHUNK)];
    for (int i = 0; i < checksums.length; i++) {
      int size = size(i, length);
      if (bytes.readNBytes(chunk, 0, size) < size) {
        throw new IOException("it became shorter while it was read");
      }
      digest.update(chunk, 0, size);
      checksums[i] = checksum(ByteBuffer.wrap(chunk, 0, size));
    }
    return new Manifest(length, digest.digest(), checksums);
  }

  /** The name of the artefact that consists of this. */
  public ArtifactId id() {
    return id;
  }

  /** The bytes of the whole. */
  public long length() {
    return length;
  }

  /** The bytes of the chunk that begins at a multiple of {@link #CHUNK}. */
  public int chunkAt(long offset) {
    return size(Math.toIntExact(offset / CHUNK), length);
  }

  /** Whether what remains of a buffer, which stays as it is, is the chunk at an offset. */
  public boolean matches(long offset, ByteBuffer chunk) {
    return chunk.remaining() == chunkAt(offset)
        && checksum(chunk.duplicate()) == checksums[(int) (offset / CHUNK)];
  }

  /**
   * All but the length, as it is sent and hashed: the SHA-256, then the checksums with the most
   * significant byte first.
   */
  public ByteBuffer encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(encodedBytes(length)).put(content);
    for (int checksum : checksums) {
      bytes.putInt(checksum);
    }
    return bytes.flip();
  }

  /** How many bytes {@link #encoded} has for an artefact of so many. */
  public static int encodedBytes(long length) {
    return Math.addExact(SHA256, Math.multiplyExact(Integer.BYTES, chunks(length)));
  }

  /** Reads what {@link #encoded} writes, and no byte more. */
  public static Manifest decode(long length, ByteBuffer bytes) {
    byte[] content = new byte[SHA256];
    bytes.get(content);
    int[] checksums = new int[chunks(length)];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = bytes.getInt();
    }
    return new Manifest(length, content, checksums);
  }

  private static int chunks(long length) {
    return Math.toIntExact((length + CHUNK - 1) / CHUNK);
  }

  private static int size(int chunk, long length) {
    return (int) Math.min(CHUNK, length - (long) chunk * CHUNK);
  }

  private static int checksum(ByteBuffer chunk) {
    CRC32C checksum = new CRC32C();
    checksum.update(chunk);
    return (int) checksum.getValue();
  }
}

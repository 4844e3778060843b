package dev.proxima.actors.dataplane;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a file's chunks, as far as they are known: a node that passes a file on need not
 * read what it has just checked. Chunks begin at multiples of {@link Protocol#CHUNK}.
 */
final class ChunkChecksums {

  private final long length;
  private final int[] values;
  private final BitSet known = new BitSet();

  /**
   * @param length the file's bytes
   */
  ChunkChecksums(long length) {
    this.length = length;
    this.values = new int[Math.toIntExact((length + Protocol.CHUNK - 1) / Protocol.CHUNK)];
  }

  /** The checksum of what remains of a buffer. */
  static int of(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  /** The checksum of these bytes of the file, if they are a whole chunk and it is known. */
  synchronized OptionalInt get(long offset, int size) {
    int chunk = (int) (offset / Protocol.CHUNK);
    return isChunk(offset, size) && known.get(chunk)
        ? OptionalInt.of(values[chunk])
        : OptionalInt.empty();
  }

  /** Keeps the checksum of these bytes where they are a whole chunk. */
  synchronized void put(long offset, int size, int checksum) {
    if (isChunk(offset, size)) {
      int chunk = (int) (offset / Protocol.CHUNK);
      values[chunk] = checksum;
      known.set(chunk);
    }
  }

  private boolean isChunk(long offset, int size) {
    return offset % Protocol.CHUNK == 0 && size == Math.min(Protocol.CHUNK, length - offset);
  }
}

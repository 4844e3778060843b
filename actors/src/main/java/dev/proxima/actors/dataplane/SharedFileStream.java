package dev.proxima.actors.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Objects;

/** The bytes of a file that still grows: reading waits for its writer. */
final class SharedFileStream extends InputStream {

  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final SharedFile file;
  private final FileChannel channel;
  private long position;

  SharedFileStream(SharedFile file) throws IOException {
    this.file = file;
    this.channel = file.open();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (position == file.length()) {
      return -1;
    }
    long ready = Math.min(available(position), length);
    int count = channel.read(ByteBuffer.wrap(bytes, offset, (int) ready), position);
    position += Math.max(count, 0);
    return count;
  }

  private long available(long beyond) throws IOException {
    try {
      long available = file.await(beyond, AGAIN);
      while (available <= beyond) {
        available = file.await(beyond, AGAIN);
      }
      return available - beyond;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

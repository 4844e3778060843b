package dev.proxima.actors.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLSocket;

/** The bytes within TLS. Ciphers work on arrays: buffers without one go through one. */
final class TlsChannel implements ByteChannel {

  private static final int STEP = 64 * 1024;

  private final SSLSocket socket;
  private final InputStream in;
  private final OutputStream out;

  TlsChannel(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    if (!buffer.hasArray()) {
      byte[] bytes = new byte[Math.min(STEP, buffer.remaining())];
      int count = in.read(bytes);
      if (count > 0) {
        buffer.put(bytes, 0, count);
      }
      return count;
    }
    int count = in.read(buffer.array(), index(buffer), buffer.remaining());
    if (count > 0) {
      buffer.position(buffer.position() + count);
    }
    return count;
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    if (!buffer.hasArray()) {
      byte[] bytes = new byte[Math.min(STEP, buffer.remaining())];
      buffer.get(bytes);
      out.write(bytes);
      return bytes.length;
    }
    int count = buffer.remaining();
    out.write(buffer.array(), index(buffer), count);
    buffer.position(buffer.limit());
    return count;
  }

  private static int index(ByteBuffer buffer) {
    return buffer.arrayOffset() + buffer.position();
  }

  @Override
  public boolean isOpen() {
    return !socket.isClosed();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

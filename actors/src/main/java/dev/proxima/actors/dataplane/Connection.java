package dev.proxima.actors.dataplane;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;

/** A blocking connection, plain or TLS, which a {@link Watch} ends when it makes no progress. */
final class Connection implements Closeable {

  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** Bytes of a file that are sent at a time: each is progress. */
  private static final int STEP = 1 << 20;

  /** Bytes that are encrypted at a time. */
  private static final int BUFFER = 256 * 1024;

  /** A host that is gone is noticed within 25 s. */
  private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, 10,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, 5,
          ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private final SocketChannel socket;
  private final Watch watch;
  private ByteChannel channel;
  private ByteBuffer buffer;
  private volatile long lastProgress = System.nanoTime();
  private volatile String aborted;

  private Connection(SocketChannel socket, Watch watch) {
    this.socket = socket;
    this.channel = socket;
    this.watch = watch;
    watch.add(this);
  }

  /** Connects to a server. */
  static Connection open(DataPlaneAddress server, Optional<SSLContext> tls, Watch watch)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException("unknown host " + server.host());
    }
    Connection connection = new Connection(SocketChannel.open(), watch);
    return connection.begin(
        () -> {
          connection.socket.socket().connect(address, Math.toIntExact(watch.idle().toMillis()));
          connection.secure(tls, true);
        });
  }

  /** Takes over what a server accepted. */
  static Connection accepted(SocketChannel socket, Optional<SSLContext> tls, Watch watch)
      throws IOException {
    Connection connection = new Connection(socket, watch);
    return connection.begin(() -> connection.secure(tls, false));
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private Connection begin(Step step) throws IOException {
    try {
      attempt(step);
      return this;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void secure(Optional<SSLContext> tls, boolean client) throws IOException {
    Socket plain = socket.socket();
    if (tls.isPresent()) {
      SSLSocket secured =
          (SSLSocket)
              tls.get()
                  .getSocketFactory()
                  .createSocket(
                      plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
      secured.setUseClientMode(client);
      secured.setNeedClientAuth(!client);
      secured.setEnabledProtocols(PROTOCOLS);
      secured.startHandshake();
      channel = new TlsChannel(secured);
    }
    progressed();
  }

  /**
   * Lets it wait as long as its peers take, now that it carries a training's messages, which go at
   * once. The system asks now and then whether the peer's host is still there.
   */
  void endure() throws IOException {
    watch.remove(this);
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    for (Map.Entry<SocketOption<Integer>, Integer> each : KEEP_ALIVE.entrySet()) {
      if (socket.supportedOptions().contains(each.getKey())) {
        socket.setOption(each.getKey(), each.getValue());
      }
    }
  }

  /** A buffer of the kind that this connection moves fastest. */
  ByteBuffer allocate(int bytes) {
    return isEncrypted() ? ByteBuffer.allocate(bytes) : ByteBuffer.allocateDirect(bytes);
  }

  private boolean isEncrypted() {
    return channel != socket;
  }

  /** Fills what remains of a buffer. */
  void read(ByteBuffer buffer) throws IOException {
    attempt(
        () -> {
          while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
              throw new EOFException("the connection was closed");
            }
          }
        });
  }

  /** Sends what remains of a buffer. */
  void write(ByteBuffer buffer) throws IOException {
    attempt(
        () -> {
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        });
  }

  /** Sends bytes of a file, which it reads only where it encrypts them. */
  void write(FileChannel file, long offset, long count) throws IOException {
    if (isEncrypted()) {
      writeBuffered(file, offset, count);
    } else {
      attempt(() -> transfer(file, offset, count));
    }
  }

  private void transfer(FileChannel file, long offset, long count) throws IOException {
    long sent = 0;
    while (sent < count) {
      long step = file.transferTo(offset + sent, Math.min(STEP, count - sent), socket);
      if (step <= 0) {
        throw new EOFException("the file became shorter while it was sent");
      }
      sent += step;
      progressed();
    }
  }

  private void writeBuffered(FileChannel file, long offset, long count) throws IOException {
    if (buffer == null) {
      buffer = allocate(BUFFER);
    }
    long sent = 0;
    while (sent < count) {
      buffer.clear().limit((int) Math.min(BUFFER, count - sent));
      int step = file.read(buffer, offset + sent);
      if (step <= 0) {
        throw new EOFException("the file became shorter while it was sent");
      }
      write(buffer.flip());
      sent += step;
      progressed();
    }
  }

  private void attempt(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      throw aborted == null ? e : new IOException(aborted, e);
    }
  }

  /** Starts the watch's time anew. */
  void progressed() {
    lastProgress = System.nanoTime();
  }

  long lastProgress() {
    return lastProgress;
  }

  /**
   * Ends whatever a thread does on this connection; it fails for that reason. The thread closes it
   * then, so that no other connection has its number while it is still in use.
   */
  void abort(String reason) {
    aborted = reason;
    try {
      socket.shutdownInput();
      socket.shutdownOutput();
    } catch (IOException | NotYetConnectedException e) {
      // Connecting ends by a time-out of its own.
    }
  }

  /**
   * Closes without TLS's farewell, which may wait for the peer; the protocol says itself where it
   * ends.
   */
  @Override
  public void close() {
    watch.remove(this);
    try {
      socket.close();
    } catch (IOException e) {
      // The peer went first.
    }
  }

  @Override
  public String toString() {
    return String.valueOf(socket.socket().getRemoteSocketAddress());
  }
}

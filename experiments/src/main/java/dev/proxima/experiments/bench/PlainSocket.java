package dev.proxima.experiments.bench;

import dev.proxima.actors.dataplane.DataPlaneAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The yardstick: sends a file to whoever connects, with nothing but its bytes. */
final class PlainSocket implements AutoCloseable {

  private static final int BUFFER = 1 << 20;

  private final ServerSocketChannel server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Path file;

  PlainSocket() throws IOException {
    server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    threads.execute(this::accept);
  }

  /** What is sent from now on. */
  void offer(Path file) {
    this.file = file;
  }

  DataPlaneAddress address() {
    return new DataPlaneAddress("127.0.0.1", server.socket().getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        threads.execute(() -> send(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void send(SocketChannel client) {
    try (client;
        FileChannel bytes = FileChannel.open(file, StandardOpenOption.READ)) {
      long sent = 0;
      while (sent < bytes.size()) {
        sent += bytes.transferTo(sent, bytes.size() - sent, client);
      }
    } catch (IOException e) {
      // The receiver reports what it lacks.
    }
  }

  /** Receives {@code length} bytes into a file. */
  static void receive(DataPlaneAddress from, long length, Path target) throws IOException {
    try (SocketChannel server =
            SocketChannel.open(new InetSocketAddress(from.host(), from.port()));
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      long received = 0;
      while (received < length) {
        if (server.read(buffer.clear()) < 0) {
          throw new EOFException("the plain socket ended after " + received + " bytes");
        }
        received += buffer.flip().remaining();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}

package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Stands between clients and a server on this machine and keeps what the clients say. */
final class RecordingProxy implements Closeable {

  private static final long PATIENCE_SECONDS = 60;

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int server;
  private final List<ByteArrayOutputStream> recorded = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Semaphore ended = new Semaphore(0);

  /**
   * @param server the port of what stands behind it
   */
  RecordingProxy(int server) throws IOException {
    this.server = server;
    start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** What clients have said so far, by connection. */
  List<byte[]> recorded() {
    return recorded.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }

  /** Waits until one of the two has ended a connection. */
  void awaitEnd() throws InterruptedException {
    assertThat(ended.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = door.accept();
      Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
      sockets.addAll(List.of(client, behind));
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      recorded.add(said);
      start(() -> copy(client, behind, said));
      start(
          () -> {
            try {
              copy(behind, client, OutputStream.nullOutputStream());
            } finally {
              ended.release();
            }
          });
    }
  }

  private static void copy(Socket from, Socket to, OutputStream copy) throws IOException {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        copy.write(buffer, 0, count);
        to.getOutputStream().write(buffer, 0, count);
      }
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void start(Io io) {
    Thread thread =
        new Thread(
            () -> {
              try {
                io.run();
              } catch (IOException e) {
                // A connection that has ended.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}

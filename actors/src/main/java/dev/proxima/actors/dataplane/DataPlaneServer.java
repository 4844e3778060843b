package dev.proxima.actors.dataplane;

import dev.proxima.actors.dataplane.Protocol.Answer;
import dev.proxima.actors.dataplane.Protocol.Request;
import dev.proxima.actors.dataplane.Protocol.Status;
import dev.proxima.algorithms.text.FirstLine;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves artefacts, one to a connection, each connection on a thread of its own with one buffer.
 * Whoever does not speak the protocol, is too slow or is one too many is dropped with one line in
 * the log.
 */
final class DataPlaneServer implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(DataPlaneServer.class);
  private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(100);

  private final ServerSocketChannel server;
  private final Source source;
  private final Rings rings;
  private final DataPlaneSettings settings;
  private final Watch watch;
  private final ExecutorService threads;
  private final Semaphore places;
  private final Duration keepAlive;
  private boolean full;

  /**
   * Begins to serve.
   *
   * @throws IOException if the address cannot be bound
   */
  DataPlaneServer(
      InetSocketAddress bind,
      Source source,
      Rings rings,
      DataPlaneSettings settings,
      Watch watch,
      ExecutorService threads)
      throws IOException {
    this.source = source;
    this.rings = rings;
    this.settings = settings;
    this.watch = watch;
    this.threads = threads;
    this.places = new Semaphore(settings.connections());
    this.keepAlive = settings.idle().dividedBy(4);
    this.server = ServerSocketChannel.open();
    try {
      server.bind(bind);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    threads.execute(this::accept);
  }

  int port() {
    return server.socket().getLocalPort();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        admit(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("The data plane cannot accept a connection: {}", e.getMessage());
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
      }
    }
  }

  private void admit(SocketChannel peer) throws IOException {
    if (places.tryAcquire()) {
      full = false;
      threads.execute(() -> serveAndLeave(peer));
      return;
    }
    if (!full) {
      LOG.warn(
          "The data plane drops {} and others: {} connections are open",
          peer.socket().getRemoteSocketAddress(),
          settings.connections());
    }
    full = true;
    peer.close();
  }

  private void serveAndLeave(SocketChannel socket) {
    Object peer = socket.socket().getRemoteSocketAddress();
    try {
      Connection client = Connection.accepted(socket, settings.tls(), watch);
      boolean taken = false;
      try {
        taken = serve(client);
      } finally {
        if (!taken) {
          client.close();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("The data plane dropped {}: {}", peer, FirstLine.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  /** Returns whether a training has taken over the connection. */
  private boolean serve(Connection client) throws IOException, InterruptedException {
    Request request;
    try {
      request = Request.receive(client);
    } catch (Protocol.VersionException e) {
      new Answer(Status.OTHER_VERSION, 0).send(client);
      throw e;
    }
    if (!request.cluster().equals(settings.cluster())) {
      new Answer(Status.OTHER_CLUSTER, 0).send(client);
      throw new Protocol.ProtocolException("it belongs to another cluster");
    }
    if (request.offset() == Request.RING) {
      new Answer(Status.FOUND, 0).send(client);
      client.endure();
      return rings.offer(request.id(), client);
    }
    serve(request, client);
    return false;
  }

  private void serve(Request request, Connection client) throws IOException, InterruptedException {
    Optional<SharedFile> file = source.find(request.id(), settings.patience());
    if (file.isEmpty()) {
      new Answer(Status.MISSING, 0).send(client);
      return;
    }
    request.checkOffset(file.get().length());
    try (FileChannel bytes = file.get().open()) {
      new Answer(Status.FOUND, file.get().length()).send(client);
      Protocol.sendManifest(client, file.get().manifest());
      client.progressed();
      if (request.offset() != Request.NOTHING) {
        send(file.get(), bytes, request.offset(), client);
      }
    }
  }

  private void send(SharedFile file, FileChannel bytes, long offset, Connection client)
      throws IOException, InterruptedException {
    long sent = offset;
    while (sent < file.length()) {
      client.progressed();
      long ready = Math.min(file.await(sent, keepAlive) - sent, Protocol.FRAME);
      Protocol.sendFrame(client, (int) ready);
      client.write(bytes, sent, ready);
      sent += ready;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

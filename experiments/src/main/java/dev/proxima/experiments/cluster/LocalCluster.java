package dev.proxima.experiments.cluster;

import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole cluster of child JVMs on the loopback interface. Each is a coordinator and a worker; one
 * that ends is started again in its place.
 */
final class LocalCluster implements AutoCloseable {

  private final StateFolder state;
  private final List<Integer> ports;
  private final Optional<TlsFiles> tls;
  private final ChildJvm[] nodes;
  private boolean closed;

  private LocalCluster(StateFolder state, List<Integer> ports, Optional<TlsFiles> tls) {
    this.state = state;
    this.tls = tls;
    this.ports = ports;
    this.nodes = new ChildJvm[ports.size()];
  }

  /**
   * Starts {@code size} nodes on free ports.
   *
   * @param state see {@link dev.proxima.experiments.config.NodeConfig#state}
   * @param tls of all of them
   */
  static LocalCluster start(int size, Path state, Optional<TlsFiles> tls) {
    LocalCluster cluster = new LocalCluster(StateFolder.open(state), freePorts(size), tls);
    for (int i = 0; i < size; i++) {
      cluster.nodes[i] = cluster.launch(i);
    }
    return cluster;
  }

  int size() {
    return nodes.length;
  }

  /** {@code host:port} of each node, in order. */
  List<String> addresses() {
    return ports.stream().map(port -> "127.0.0.1:" + port).toList();
  }

  /** kill -9 on a node; returns its process's number. */
  synchronized long kill(int index) {
    nodes[index].kill();
    return nodes[index].pid();
  }

  /** Starts again every node that has ended; returns their indices. */
  synchronized List<Integer> revive() {
    List<Integer> revived = new ArrayList<>();
    for (int i = 0; i < nodes.length && !closed; i++) {
      if (!nodes[i].isAlive()) {
        nodes[i] = launch(i);
        revived.add(i);
      }
    }
    return revived;
  }

  /** Ends all nodes. */
  @Override
  public synchronized void close() {
    closed = true;
    List<Thread> farewells = new ArrayList<>();
    for (ChildJvm node : nodes) {
      Thread farewell = new Thread(() -> stop(node));
      farewell.start();
      farewells.add(farewell);
    }
    for (Thread farewell : farewells) {
      try {
        farewell.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void stop(ChildJvm node) {
    try {
      node.stop();
    } catch (InterruptedException e) {
      node.kill();
    }
  }

  private ChildJvm launch(int index) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "node",
                "--port",
                ports.get(index).toString(),
                "--seed-nodes",
                String.join(",", addresses()),
                "--state",
                state.path().toString(),
                "--cache",
                state.nodes().resolve("cache-" + index).toString()));
    tls.ifPresent(files -> arguments.addAll(List.of("--tls", files.folder().toString())));
    try {
      return ChildJvm.start(
          arguments, state.nodes().resolve("127.0.0.1-" + ports.get(index) + ".out"));
    } catch (IOException e) {
      throw new UserError("a node cannot be started: " + e.getMessage(), e);
    }
  }

  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UserError("no free port on the loopback interface: " + e.getMessage(), e);
    } finally {
      sockets.forEach(LocalCluster::release);
    }
  }

  private static void release(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was only ever bound.
    }
  }
}

package dev.proxima.tests.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * How a node is started.
 *
 * @param role {@link #COORDINATOR} or {@link #WORKER}
 * @param launcher what its command begins with, as to enter a network namespace
 * @param javaOptions of its JVM
 */
record NodePlan(
    String role, String host, int port, List<String> launcher, List<String> javaOptions) {

  static final String COORDINATOR = "coordinator";
  static final String WORKER = "worker";

  /** Many JVMs share the machine and none lives long. */
  private static final List<String> SMALL =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  NodePlan(String role, String host, int port) {
    this(role, host, port, List.of(), SMALL);
  }

  NodePlan launchedBy(String... words) {
    return new NodePlan(role, host, port, List.of(words), javaOptions);
  }

  NodePlan withJava(String... options) {
    List<String> all = new ArrayList<>(javaOptions);
    all.addAll(List.of(options));
    return new NodePlan(role, host, port, launcher, all);
  }

  String address() {
    return host + ":" + port;
  }

  /** Dedicated coordinators and workers on the loopback interface. */
  static List<NodePlan> local(int coordinators, int workers) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<NodePlan> plans = new ArrayList<>();
      for (int i = 0; i < coordinators + workers; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        plans.add(
            new NodePlan(
                i < coordinators ? COORDINATOR : WORKER, "127.0.0.1", socket.getLocalPort()));
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return plans;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.DataPlaneSettings;
import dev.proxima.actors.dataplane.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A receiving node in a JVM of its own, told line by line what to do: {@code clear} forgets what it
 * pulled, {@code pull ROUTE ID LENGTH HOST:PORT,...} pulls. Answers a line each.
 */
final class BroadcastNode {

  private final Path folder;
  private final Map<Route, DataPlane> planes = new EnumMap<>(Route.class);
  private long cleared;

  private BroadcastNode(Path folder, SSLContext tls) {
    this.folder = folder;
    for (Route route : Route.values()) {
      if (route != Route.PLAIN_SOCKET) {
        planes.put(route, start(folder.resolve(route.name()), route, Source.none(), tls));
      }
    }
  }

  /** A data plane as a route takes it. */
  static DataPlane start(Path folder, Route route, Source own, SSLContext tls) {
    return DataPlane.start(
        new InetSocketAddress("127.0.0.1", 0),
        "127.0.0.1",
        folder,
        own,
        new DataPlaneSettings(
            "bench",
            route.tls() ? Optional.of(tls) : Optional.empty(),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            64,
            DataPlaneSettings.of("bench").largest(),
            1));
  }

  /**
   * Runs until its input ends.
   *
   * @param args the node's folder and the key store
   */
  public static void main(String[] args) throws IOException {
    BroadcastNode node =
        new BroadcastNode(
            Files.createDirectories(Path.of(args[0])), SelfSigned.context(Path.of(args[1])));
    answer(
        node.planes.values().stream()
                .map(plane -> plane.address().toString())
                .collect(Collectors.joining(" "))
            + " "
            + Heartbeats.answer());
    try (BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        answer(node.obey(order.split(" ")));
      }
    }
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private String obey(String[] order) {
    try {
      if (order[0].equals("clear")) {
        clear();
        return "cleared";
      }
      pull(
          Route.valueOf(order[1]),
          new ArtifactId(order[2]),
          Long.parseLong(order[3]),
          Arrays.stream(order[4].split(",")).map(BroadcastNode::address).toList());
      return "done %d %d".formatted(peakHeap(), ProcessorTime.nanos() - cleared);
    } catch (IOException | InterruptedException e) {
      return "failed " + e.getMessage();
    } catch (ExecutionException e) {
      return "failed " + e.getCause().getMessage();
    }
  }

  private void clear() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(each -> each.toString().matches(".*[0-9a-f]{64}")).toList()) {
        Files.delete(file);
      }
    }
    System.gc();
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
    cleared = ProcessorTime.nanos();
  }

  private void pull(Route route, ArtifactId id, long length, List<DataPlaneAddress> sources)
      throws IOException, InterruptedException, ExecutionException {
    if (route == Route.PLAIN_SOCKET) {
      PlainSocket.receive(sources.get(0), length, folder.resolve(id.sha256()));
    } else {
      planes.get(route).fetch(id, sources).toCompletableFuture().get();
    }
  }

  private static long peakHeap() {
    return heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  /** Reads what {@link DataPlaneAddress#toString} writes. */
  static DataPlaneAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new DataPlaneAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}

package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.FanOut;
import dev.proxima.actors.dataplane.SharedFile;
import dev.proxima.actors.dataplane.Source;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.io.FileTrees;
import dev.proxima.models.io.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;

/**
 * How fast a file comes from this JVM to one node and to a chain of nodes, each a JVM of its own,
 * by the data plane and by plain sockets, which take turns in every round. Plain sockets send one
 * copy to each node at once.
 */
public final class BroadcastBenchmark {

  private static final int SMALLER = 4;
  private static final int BLOCK = 1 << 20;

  /**
   * What to measure.
   *
   * @param bytes the file's size, at least 1 MiB
   * @param nodes receivers of the chain, at least 2
   * @param rounds measurements of each way, at least 1
   * @param folder where the files lie; empty for the system's temporary folder
   */
  public record Options(long bytes, int nodes, int rounds, Optional<Path> folder) {}

  /** A file and its name. */
  private record Artifact(ArtifactId id, Path file, long bytes) {}

  /** A way to measure: over which route, to how many. */
  private record Way(Route route, int receivers) {}

  private final Options options;
  private final Terminal terminal;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<BroadcastPeer> peers = new ArrayList<>();
  private final Map<ArtifactId, Path> offered = new LinkedHashMap<>();
  private DataPlane plain;
  private DataPlane secured;
  private PlainSocket yardstick;

  private BroadcastBenchmark(Options options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /**
   * Measures, with progress on the terminal.
   *
   * @throws IOException if files cannot be written or a node fails
   */
  public static BroadcastResult run(Options options, Terminal terminal)
      throws IOException, InterruptedException {
    Path work =
        options.folder().isPresent()
            ? Files.createTempDirectory(options.folder().get(), "proxima-bench-")
            : Files.createTempDirectory("proxima-bench-");
    BroadcastBenchmark benchmark = new BroadcastBenchmark(options, terminal);
    try {
      return benchmark.run(work);
    } finally {
      benchmark.close();
      FileTrees.delete(work);
    }
  }

  private BroadcastResult run(Path work) throws IOException, InterruptedException {
    terminal.line("Starting " + options.nodes() + " nodes ...");
    start(work);
    Artifact small = write(work, options.bytes() / SMALLER);
    Artifact large = write(work, options.bytes());
    double hashing = hashingRate(large);
    List<Way> ways = ways();
    Map<Way, List<Double>> rates = new LinkedHashMap<>();
    Map<Way, Long> smallHeap = new LinkedHashMap<>();
    Map<Way, Long> largeHeap = new LinkedHashMap<>();
    terminal.stage("broadcast", (options.rounds() + 1L) * ways.size(), "transfers");
    int done = 0;
    // The first round warms up, with the smaller file.
    for (int round = 0; round <= options.rounds(); round++) {
      Artifact artifact = round == 0 ? small : large;
      Map<Way, Long> heap = round == 0 ? smallHeap : largeHeap;
      for (Way way : ways) {
        double rate = transfer(way, artifact, heap);
        if (round > 0) {
          rates.computeIfAbsent(way, each -> new ArrayList<>()).add(rate);
        }
        terminal.advance(++done);
      }
    }
    return new BroadcastResult(
        small.bytes(),
        large.bytes(),
        hashing,
        ways.stream()
            .map(
                way ->
                    new BroadcastResult.Line(
                        way.route(),
                        way.receivers(),
                        rates.get(way),
                        smallHeap.get(way),
                        largeHeap.get(way)))
            .toList());
  }

  private void start(Path work) throws IOException, InterruptedException {
    Path keys = SelfSigned.create(work);
    SSLContext tls = SelfSigned.context(keys);
    Source files =
        (id, patience) ->
            offered.containsKey(id)
                ? Optional.of(SharedFile.complete(offered.get(id)))
                : Optional.empty();
    plain = open(BroadcastNode.start(work.resolve("plain"), Route.DATA_PLANE, files, tls));
    secured = open(BroadcastNode.start(work.resolve("secured"), Route.TLS, files, tls));
    yardstick = open(new PlainSocket());
    for (int i = 0; i < options.nodes(); i++) {
      peers.add(open(new BroadcastPeer(work.resolve("node-" + i), keys)));
    }
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  private Artifact write(Path work, long bytes) throws IOException {
    Path file = work.resolve("artefact-" + bytes);
    byte[] block = new byte[BLOCK];
    Random random = new Random(bytes);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= BLOCK) {
        random.nextBytes(block);
        out.write(block, 0, (int) Math.min(BLOCK, left));
      }
    }
    ArtifactId id = new ArtifactId(Sha256.of(file));
    offered.put(id, file);
    return new Artifact(id, file, bytes);
  }

  private static double hashingRate(Artifact artifact) throws IOException {
    long start = System.nanoTime();
    Sha256.of(artifact.file());
    return artifact.bytes() * 1e9 / (System.nanoTime() - start);
  }

  private List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (int receivers : new int[] {1, options.nodes()}) {
      for (Route route : Route.values()) {
        ways.add(new Way(route, receivers));
      }
    }
    return ways;
  }

  /** Bytes per second until the last receiver has the file; notes the most heap of a receiver. */
  private double transfer(Way way, Artifact artifact, Map<Way, Long> heap) throws IOException {
    List<BroadcastPeer> receivers = peers.subList(0, way.receivers());
    for (BroadcastPeer peer : receivers) {
      peer.clear();
    }
    yardstick.offer(artifact.file());
    List<List<DataPlaneAddress>> sources = sources(way.route(), receivers);
    long start = System.nanoTime();
    for (int i = 0; i < receivers.size(); i++) {
      receivers.get(i).pull(way.route(), artifact.id(), artifact.bytes(), sources.get(i));
    }
    for (BroadcastPeer peer : receivers) {
      heap.merge(way, peer.awaitFile(), Math::max);
    }
    return artifact.bytes() * 1e9 / (System.nanoTime() - start);
  }

  private List<List<DataPlaneAddress>> sources(Route route, List<BroadcastPeer> receivers) {
    if (route == Route.PLAIN_SOCKET) {
      return receivers.stream().map(peer -> List.of(yardstick.address())).toList();
    }
    DataPlaneAddress origin = (route.tls() ? secured : plain).address();
    return List.copyOf(
        FanOut.sources(origin, receivers.stream().map(peer -> peer.address(route)).toList(), 1)
            .values());
  }

  private void close() throws IOException {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IOException("a node cannot be stopped: " + e.getMessage(), e);
      }
    }
  }
}

package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.Manifest;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.FanOut;
import dev.proxima.actors.dataplane.SharedFile;
import dev.proxima.actors.dataplane.Source;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.io.FileTrees;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/**
 * How fast a file comes from this JVM to one node and to a chain of nodes, each a JVM of its own,
 * by the data plane and by plain sockets, which take turns in every round. Plain sockets send one
 * copy to each node at once.
 */
public final class BroadcastBenchmark {

  private static final int SMALLER = 4;
  private static final int BLOCK = 1 << 20;
  private static final Duration IDLE = Duration.ofSeconds(2);

  /**
   * What to measure.
   *
   * @param bytes the file's size, at least 1 MiB
   * @param nodes receivers of the chain, at least 2
   * @param rounds measurements of each way, at least 1
   * @param folder where the files lie; empty for the system's temporary folder
   */
  public record Options(long bytes, int nodes, int rounds, Optional<Path> folder) {}

  /** A file and what it consists of. */
  private record Artifact(Manifest manifest, Path file) {

    ArtifactId id() {
      return manifest.id();
    }

    long bytes() {
      return manifest.length();
    }
  }

  /** A way to measure: over which route, to how many. */
  private record Way(Route route, int receivers) {}

  /**
   * One measurement.
   *
   * @param rate bytes per second until the last receiver has the file
   * @param processor processor time of all JVMs in seconds
   * @param heap the most heap of a receiver in bytes
   * @param silence the longest that any node was silent, in seconds
   */
  private record Transfer(double rate, double processor, long heap, double silence) {}

  private final Options options;
  private final Terminal terminal;
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
  private final List<BroadcastPeer> peers = new ArrayList<>();
  private final Map<ArtifactId, SharedFile> offered = new LinkedHashMap<>();
  private DataPlane plain;
  private DataPlane secured;
  private PlainSocket yardstick;
  private Heartbeats heartbeats;

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
    Thread interrupted = new Thread(() -> benchmark.cleanUp(work));
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      return benchmark.run(work);
    } finally {
      benchmark.cleanUp(work);
      // Not while the JVM already shuts down, where it would throw.
      if (interrupted.getState() == Thread.State.NEW) {
        Runtime.getRuntime().removeShutdownHook(interrupted);
      }
    }
  }

  private BroadcastResult run(Path work) throws IOException, InterruptedException {
    terminal.line("Starting " + options.nodes() + " nodes ...");
    start(work);
    Artifact small = write(work, options.bytes() / SMALLER);
    Artifact large = write(work, options.bytes());
    double naming = namingRate(large);
    Map<Way, List<Transfer>> transfers = new LinkedHashMap<>();
    List<Way> ways = ways();
    terminal.stage("broadcast", (options.rounds() + 1L) * ways.size(), "transfers");
    List<Double> idle = new ArrayList<>();
    int done = 0;
    // The first round warms up, with the smaller file.
    for (int round = 0; round <= options.rounds(); round++) {
      idle.add(silenceWithoutTransfers());
      for (Way way : ways) {
        transfers
            .computeIfAbsent(way, each -> new ArrayList<>())
            .add(transfer(way, round == 0 ? small : large));
        terminal.advance(++done);
      }
    }
    return new BroadcastResult(
        small.bytes(),
        large.bytes(),
        naming,
        max(idle.subList(1, idle.size())),
        ways.stream().map(way -> line(way, transfers.get(way))).toList());
  }

  private static BroadcastResult.Line line(Way way, List<Transfer> all) {
    List<Transfer> counted = all.subList(1, all.size());
    return new BroadcastResult.Line(
        way.route(),
        way.receivers(),
        counted.stream().map(Transfer::rate).toList(),
        counted.stream().map(Transfer::processor).toList(),
        all.get(0).heap(),
        counted.stream().mapToLong(Transfer::heap).max().orElseThrow(),
        max(counted.stream().map(Transfer::silence).toList()));
  }

  private static double max(List<Double> values) {
    return values.stream().mapToDouble(value -> value).max().orElseThrow();
  }

  private double silenceWithoutTransfers() throws InterruptedException {
    heartbeats.forget();
    Thread.sleep(IDLE.toMillis());
    return heartbeats.longestSilence();
  }

  private void start(Path work) throws IOException, InterruptedException {
    Path keys = SelfSigned.create(work);
    SSLContext tls = SelfSigned.context(keys);
    Source files = (id, patience) -> Optional.ofNullable(offered.get(id));
    plain = open(BroadcastNode.start(work.resolve("plain"), Route.DATA_PLANE, files, tls));
    secured = open(BroadcastNode.start(work.resolve("secured"), Route.TLS, files, tls));
    yardstick = open(new PlainSocket());
    heartbeats = open(new Heartbeats());
    for (int i = 0; i < options.nodes(); i++) {
      BroadcastPeer peer = open(new BroadcastPeer(work.resolve("node-" + i), keys));
      peers.add(peer);
      heartbeats.ask(peer.actors());
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
    Manifest manifest = Manifest.of(file);
    offered.put(manifest.id(), SharedFile.complete(file, manifest));
    return new Artifact(manifest, file);
  }

  private static double namingRate(Artifact artifact) throws IOException {
    long start = System.nanoTime();
    Manifest.of(artifact.file());
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

  private Transfer transfer(Way way, Artifact artifact) throws IOException {
    List<BroadcastPeer> receivers = peers.subList(0, way.receivers());
    for (BroadcastPeer peer : receivers) {
      peer.clear();
    }
    yardstick.offer(artifact.file());
    List<List<DataPlaneAddress>> sources = sources(way.route(), receivers);
    heartbeats.forget();
    long processor = ProcessorTime.nanos();
    long start = System.nanoTime();
    for (int i = 0; i < receivers.size(); i++) {
      receivers.get(i).pull(way.route(), artifact.id(), artifact.bytes(), sources.get(i));
    }
    List<BroadcastPeer.Usage> usages = new ArrayList<>();
    for (BroadcastPeer peer : receivers) {
      usages.add(peer.awaitFile());
    }
    long time = System.nanoTime() - start;
    processor = ProcessorTime.nanos() - processor;
    return new Transfer(
        artifact.bytes() * 1e9 / time,
        (processor + usages.stream().mapToLong(BroadcastPeer.Usage::processor).sum()) * 1e-9,
        usages.stream().mapToLong(BroadcastPeer.Usage::heap).max().orElseThrow(),
        heartbeats.longestSilence());
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

  /** Harmless when done twice; once more when the user interrupts. */
  private synchronized void cleanUp(Path work) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        terminal.line("A node did not stop: " + e.getMessage());
      }
    }
    try {
      FileTrees.delete(work);
    } catch (IOException e) {
      terminal.line(work + " cannot be removed: " + e.getMessage());
    }
  }
}

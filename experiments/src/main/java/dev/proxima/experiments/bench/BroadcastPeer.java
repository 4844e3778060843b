package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The benchmark's end of a {@link BroadcastNode}. */
final class BroadcastPeer implements AutoCloseable {

  /** The node's heap in MiB; artefacts are larger. */
  static final int HEAP = 64;

  /**
   * What a transfer took.
   *
   * @param heap the most heap used, in bytes
   * @param processor processor time in nanoseconds
   */
  record Usage(long heap, long processor) {}

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;
  private final String actors;
  private final Map<Route, DataPlaneAddress> addresses = new EnumMap<>(Route.class);

  /** Starts the node's JVM. */
  BroadcastPeer(Path folder, Path keys) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BroadcastNode.class.getName(),
                folder.toString(),
                keys.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    orders = process.outputWriter();
    answers = process.inputReader();
    String[] served = answer().split(" ");
    for (int i = 0; i < served.length - 1; i++) {
      addresses.put(Route.values()[i + 1], BroadcastNode.address(served[i]));
    }
    actors = served[served.length - 1];
  }

  /** Where the node serves what it pulled on a route. */
  DataPlaneAddress address(Route route) {
    return addresses.get(route);
  }

  /** Where its actors answer, as {@link Heartbeats#answer} says. */
  String actors() {
    return actors;
  }

  /** Forgets what it pulled and how much heap that took. */
  void clear() throws IOException {
    order("clear");
    answer();
  }

  void pull(Route route, ArtifactId id, long length, List<DataPlaneAddress> sources)
      throws IOException {
    order(
        "pull %s %s %d %s"
            .formatted(
                route,
                id,
                length,
                sources.stream().map(Object::toString).collect(Collectors.joining(","))));
  }

  /** Waits until the file is there. */
  Usage awaitFile() throws IOException {
    String answer = answer();
    String[] words = answer.split(" ");
    if (!words[0].equals("done")) {
      throw new IOException("a node " + answer);
    }
    return new Usage(Long.parseLong(words[1]), Long.parseLong(words[2]));
  }

  private void order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("a node ended");
    }
    return line;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}

package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Waits as long as a cluster moves, on however busy a machine. */
final class Patience {

  private static final Duration STANDSTILL = Duration.ofMinutes(5);
  private static final int LINES = 10;

  private final Path folder;
  private ClusterStatus latest;
  private long moved = System.nanoTime();

  /**
   * @param folder of the cluster, whose logs are shown where it stands still
   */
  Patience(Path folder) {
    this.folder = folder;
  }

  void saw(ClusterStatus status) {
    if (!status.equals(latest)) {
      latest = status;
      moved = System.nanoTime();
    }
  }

  void check() {
    if (System.nanoTime() - moved > STANDSTILL.toNanos()) {
      throw new AssertionError(
          "nothing has moved for %s; last seen: %s%n%s".formatted(STANDSTILL, latest, ends()));
    }
  }

  /** The last lines of what each node has printed and logged. */
  private String ends() {
    try (Stream<Path> files = Files.list(folder.resolve("nodes"))) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        text.append(file).append('\n');
        lines.stream()
            .skip(Math.max(0, lines.size() - LINES))
            .forEach(line -> text.append("  ").append(line).append('\n'));
      }
      return text.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }
}

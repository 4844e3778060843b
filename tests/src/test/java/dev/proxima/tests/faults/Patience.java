package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** Waits as long as a cluster moves, on however busy a machine. */
final class Patience {

  private static final Duration STANDSTILL = Duration.ofMinutes(5);

  private final Path folder;
  private ClusterStatus latest;
  private long moved = System.nanoTime();

  /**
   * @param folder of the cluster, named where it stands still
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
          "nothing has moved for %s; logs in %s: %s; last seen: %s"
              .formatted(
                  STANDSTILL,
                  folder.resolve("nodes"),
                  Arrays.toString(folder.resolve("nodes").toFile().list()),
                  latest));
    }
  }
}

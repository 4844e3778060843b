package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * One kind of fault at several seeded moments, each in a run of its own on one cluster that lives
 * on.
 *
 * @param kind names it, for people
 * @param moments how many runs
 * @param table has its row written after each
 */
record FaultSeries(String kind, int moments, Reference reference, Path folder, FaultTable table) {

  /** So many runs at most are submitted until one is struck before it ends. */
  private static final int RUNS = 20;

  private record Struck(Submission run, Optional<Duration> handOver) {}

  /** Fails where a run does not end with the reference's weights or the cluster leaves anything. */
  void run(List<NodePlan> plans, Fault fault)
      throws IOException, InterruptedException, SQLException {
    List<String> wrong = new ArrayList<>();
    FaultTable.Row row = FaultTable.Row.of(kind);
    try (TestCluster cluster = TestCluster.start(folder, plans)) {
      for (int moment = 0; moment < moments; moment++) {
        long begun = System.nanoTime();
        SplittableRandom random = new SplittableRandom(31L * kind.hashCode() + moment);
        Struck struck = strike(cluster, fault, "moment-" + moment, random);
        RunStatus end = cluster.awaitEnd(struck.run());
        boolean completed = end.phase() == RunStatus.Phase.COMPLETED;
        boolean identical = completed && reference.sameWeights(Path.of(struck.run().folder()));
        if (!identical) {
          wrong.add("moment " + moment + ": " + end);
        }
        Leaks.checkLiving(cluster);
        Duration spent = Duration.ofNanos(System.nanoTime() - begun);
        row = row.plus(completed, identical, struck.handOver(), spent);
        table.put(row);
      }
      cluster.stop();
    }
    assertThat(wrong).as(kind).isEmpty();
    Leaks.check(folder);
  }

  /** Submits runs until the fault strikes one before it ends. */
  private Struck strike(TestCluster cluster, Fault fault, String name, SplittableRandom random)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      Submission run = cluster.submit(reference.config(), name + "-" + attempt);
      try {
        return new Struck(run, fault.strike(cluster, run, random));
      } catch (Moment.Missed e) {
        if (attempt == RUNS) {
          throw e;
        }
      }
    }
  }
}

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
import java.util.SplittableRandom;

/**
 * One kind of fault at several seeded moments, each in a run of its own on one cluster that lives
 * on.
 *
 * @param kind names it, for people
 * @param moments how many runs
 */
record FaultSeries(String kind, int moments, Reference reference, Path folder) {

  /** Fails where a run does not end with the reference's weights or the cluster leaves anything. */
  FaultTable.Row run(List<NodePlan> plans, Fault fault)
      throws IOException, InterruptedException, SQLException {
    List<String> wrong = new ArrayList<>();
    FaultTable.Row row = FaultTable.Row.of(kind);
    try (TestCluster cluster = TestCluster.start(folder, plans)) {
      for (int moment = 0; moment < moments; moment++) {
        SplittableRandom random = new SplittableRandom(31L * kind.hashCode() + moment);
        Submission run = cluster.submit(Reference.CONFIG, "moment-" + moment);
        Duration handOver = fault.strike(cluster, run, random).orElse(Duration.ZERO);
        RunStatus end = cluster.awaitEnd(run);
        boolean completed = end.phase() == RunStatus.Phase.COMPLETED;
        boolean identical = completed && reference.sameWeights(Path.of(run.folder()));
        row = row.plus(completed, identical, handOver);
        if (!identical) {
          wrong.add("moment " + moment + ": " + end);
        }
      }
      cluster.stop();
    }
    assertThat(wrong).as(kind).isEmpty();
    Leaks.check(folder);
    return row;
  }
}

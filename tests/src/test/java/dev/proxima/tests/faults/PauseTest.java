package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes that stand still by SIGSTOP, are taken for dead, and come back by SIGCONT. */
@Tag("faults")
class PauseTest extends FaultTest {

  /** Longer than the cluster takes to start a coordinator elsewhere. */
  private static final Duration PAUSE = Duration.ofSeconds(15);

  @Test
  void aCoordinatorThatComesBackIsNotHeard() throws Exception {
    try (TestCluster cluster =
        TestCluster.start(folder.resolve("paused-coordinator"), NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "paused");
      ClusterStatus seen = awaitMoment(cluster, run, "paused-coordinator").status();
      NodeProcess elder = cluster.node(seen.coordinator());
      long process = elder.pid();

      elder.pause();
      Thread.sleep(PAUSE.toMillis());
      elder.resume();
      ClusterStatus later = cluster.await(status -> status.epoch() > seen.epoch());

      assertThat(later.coordinator()).doesNotEndWith(elder.address());
      assertEndsAsWithoutFaults(cluster, run);
      cluster.awaitThat(() -> elder.pid() != process);
      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }

  @Test
  void aWorkerThatStandsStillLosesItsWorkAndComesBack() throws Exception {
    try (TestCluster cluster =
        TestCluster.start(folder.resolve("paused-worker"), NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "paused");
      String name =
          awaitMoment(cluster, run, "paused-worker", "train", "fine-tune", "sample")
              .node()
              .orElseThrow();
      NodeProcess worker = cluster.node(name);
      long process = worker.pid();

      worker.pause();
      cluster.await(status -> !hasNode(status, name));
      assertEndsAsWithoutFaults(cluster, run);
      worker.resume();
      cluster.awaitThat(() -> worker.pid() != process);
      cluster.await(status -> hasNode(status, name));

      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }

  private static boolean hasNode(ClusterStatus status, String name) {
    return status.nodes().stream().anyMatch(node -> node.name().equals(name));
  }
}

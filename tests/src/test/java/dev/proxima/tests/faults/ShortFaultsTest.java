package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The shortest of the faults, for every build; the profile {@code faults} has the others. */
class ShortFaultsTest extends FaultTest {

  private static final Moment EARLY = new Moment(0.8, 0, Set.of("train", "sample"));

  @Test
  void survivesKill9OfTheCoordinatorAndOfAWorker() throws Exception {
    try (TestCluster cluster = TestCluster.start(folder.resolve("short"), NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "short");
      ClusterStatus seen = EARLY.await(cluster, run).status();
      cluster.node(seen.coordinator()).kill();
      cluster.await(status -> status.epoch() > seen.epoch());
      cluster.node(EARLY.await(cluster, run).node().orElseThrow()).kill();
      assertEndsAsWithoutFaults(cluster, run);
      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }
}

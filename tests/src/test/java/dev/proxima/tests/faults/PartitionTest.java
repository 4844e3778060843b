package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster of five hosts whose network falls into two parts and comes together again. */
@Tag("faults")
class PartitionTest extends FaultTest {

  private static final int WORKERS = 3;

  @Test
  void theLargerPartGoesOnAndTheOtherComesBack() throws Exception {
    try (Network network = new Network(5);
        TestCluster cluster =
            TestCluster.start(
                folder.resolve("partition"),
                List.of(
                    network.plan(NodePlan.COORDINATOR, 0),
                    network.plan(NodePlan.COORDINATOR, 1),
                    network.plan(NodePlan.WORKER, 2),
                    network.plan(NodePlan.WORKER, 3),
                    network.plan(NodePlan.WORKER, 4)))) {
      cluster.await(status -> status.nodes().size() == WORKERS);
      Submission run = cluster.submit(Reference.CONFIG, "partition");
      Moment.Seen seen = awaitMoment(cluster, run, "partition", "train", "sample");
      NodeProcess elder = cluster.node(seen.status().coordinator());
      NodeProcess worker = cluster.node(seen.node().orElseThrow());
      long process = elder.pid();

      network.cutOff(network.host(elder.address()), network.host(worker.address()));
      ClusterStatus later = cluster.await(status -> status.epoch() > seen.status().epoch());
      assertThat(later.coordinator()).doesNotEndWith(elder.address());
      assertEndsAsWithoutFaults(cluster, run);
      assertThat(elder.pid()).as("the smaller part ends itself").isNotEqualTo(process);

      network.heal();
      cluster.await(status -> status.nodes().size() == WORKERS);
      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }
}

package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.Submission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker whose device hangs while its process lives and says so. */
@Tag("faults")
class HangTest extends FaultTest {

  private static final String DEADLINE = "leases.time-out=15 s";
  private static final int WORKERS = 2;

  @Test
  void itsWorkGoesToAnotherWorker() throws Exception {
    List<NodePlan> plans = new ArrayList<>(NodePlan.local(1, WORKERS));
    int door = NodePlan.local(0, 1).get(0).port();
    plans.set(1, plans.get(1).withJava(Debugger.option(door)));
    try (TestCluster cluster = TestCluster.start(folder.resolve("hang"), plans)) {
      cluster.await(status -> status.nodes().size() == WORKERS);
      Submission run = cluster.submit(Reference.CONFIG, "hang", DEADLINE);
      awaitMoment(cluster, run, "hang", "train", "sample");
      try (Debugger debugger = Debugger.attach(door)) {
        assertThat(debugger.halt("device-dispatcher")).isPositive();
        assertEndsAsWithoutFaults(cluster, run);
      }
      Submission next = cluster.submit(Reference.CONFIG, "next", DEADLINE);
      assertEndsAsWithoutFaults(cluster, next);
      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }
}

package dev.proxima.tests.faults;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of process of a cluster killed by kill -9 at seeded moments of a run. */
@Tag("faults")
class KillTest {

  private static final int MOMENTS = Integer.getInteger("faults.moments", 20);
  private static final FaultTable TABLE = new FaultTable(Path.of("target/fault-table.md"));

  @TempDir static Path folder;
  private static Reference reference;

  @BeforeAll
  static void runWithoutFaults() throws Exception {
    reference = Reference.in(folder.resolve("reference"));
  }

  @Test
  void coordinator() throws Exception {
    survives("coordinator", Fault.killsCoordinator());
  }

  @Test
  void workerThatSamples() throws Exception {
    survives("worker sampling", Fault.killsWorkerAt("sample"));
  }

  @Test
  void workerThatTrains() throws Exception {
    survives("worker training", Fault.killsWorkerAt("train", "fine-tune"));
  }

  @Test
  void coordinatorTwice() throws Exception {
    survives("coordinator and its successor", Fault.killsCoordinatorTwice());
  }

  @Test
  void coordinatorAndWorkerAtOnce() throws Exception {
    survives(
        "coordinator and worker at once", Fault.killsCoordinatorAndWorkerAt("train", "sample"));
  }

  private static void survives(String kind, Fault fault) throws Exception {
    // Two coordinators in a row may be lost.
    List<NodePlan> plans = NodePlan.local(3, 2);
    Path state = folder.resolve(kind.replace(' ', '-'));
    new FaultSeries(kind, MOMENTS, reference, state, TABLE).run(plans, fault);
  }
}

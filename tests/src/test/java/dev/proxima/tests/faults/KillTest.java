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
  private static Reference large;

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

  /** The other worker trains with it. */
  @Test
  void workerThatTrainsWithAnother() throws Exception {
    Reference together =
        Reference.of(Path.of("src/test/resources/together.conf"), folder.resolve("together"));
    survives(
        "worker training with another",
        together,
        NodePlan.local(3, 2),
        Fault.killsWorkerAt("train"));
  }

  /** Nothing goes on without the worker, so that it is what it was that comes again. */
  @Test
  void workerInTransfer() throws Exception {
    survives("worker mid-transfer", large(), NodePlan.local(3, 1), Fault.killsWorkerInTransfer());
  }

  @Test
  void coordinatorInTransfer() throws Exception {
    survives(
        "coordinator mid-transfer",
        large(),
        NodePlan.local(3, 2),
        Fault.killsCoordinatorInTransfer());
  }

  private static Reference large() throws Exception {
    if (large == null) {
      large = Reference.of(Path.of("src/test/resources/transfer.conf"), folder.resolve("large"));
    }
    return large;
  }

  private static void survives(String kind, Fault fault) throws Exception {
    // Two coordinators in a row may be lost.
    survives(kind, reference, NodePlan.local(3, 2), fault);
  }

  private static void survives(String kind, Reference whole, List<NodePlan> plans, Fault fault)
      throws Exception {
    Path state = folder.resolve(kind.replace(' ', '-'));
    new FaultSeries(kind, MOMENTS, whole, state, TABLE).run(plans, fault);
  }
}

package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.RunStatus.Phase;
import dev.proxima.actors.cluster.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of single faults have in common: a run without any, and its weights. */
abstract class FaultTest {

  @TempDir static Path folder;
  static Reference reference;

  @BeforeAll
  static void runWithoutFaults() throws Exception {
    reference = Reference.in(folder.resolve("reference"));
  }

  /** A moment at which some node is at one of these kinds of work; any where none is named. */
  static Moment.Seen awaitMoment(TestCluster cluster, Submission run, String name, String... kinds)
      throws InterruptedException {
    return Moment.draw(new SplittableRandom(name.hashCode()), kinds).await(cluster, run);
  }

  static void assertEndsAsWithoutFaults(TestCluster cluster, Submission run)
      throws InterruptedException, IOException {
    assertThat(cluster.awaitEnd(run)).isEqualTo(RunStatus.of(Phase.COMPLETED));
    assertThat(reference.sameWeights(Path.of(run.folder()))).as("same weights").isTrue();
  }
}

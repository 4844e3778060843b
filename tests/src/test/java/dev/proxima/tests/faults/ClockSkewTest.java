package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nodes whose clocks are hours apart, by a library that is loaded before the system's and shifts
 * the time of day. Needs a C compiler.
 */
@Tag("faults")
class ClockSkewTest extends FaultTest {

  private static final Path SOURCE = Path.of("src/test/resources/skew.c");

  @Test
  void deadlinesAndHandOverDoNotCare() throws Exception {
    Path library = folder.resolve("skew.so");
    Commands.run("cc", "-shared", "-fPIC", "-o", library.toString(), SOURCE.toString(), "-ldl");
    List<NodePlan> even = NodePlan.local(2, 2);
    List<NodePlan> plans =
        List.of(
            skewed(even.get(0), library, 7200),
            skewed(even.get(1), library, -7200),
            skewed(even.get(2), library, 86_400),
            even.get(3));
    try (TestCluster cluster = TestCluster.start(folder.resolve("skew"), plans)) {
      Submission run = cluster.submit(Reference.CONFIG, "skew");
      ClusterStatus seen = awaitMoment(cluster, run, "skew").status();
      cluster.node(seen.coordinator()).kill();
      assertEndsAsWithoutFaults(cluster, run);
      assertThat(cluster.await(status -> true).epoch()).isGreaterThan(seen.epoch());
      cluster.stop();
      Leaks.check(cluster.folder());
    }
  }

  private static NodePlan skewed(NodePlan plan, Path library, int seconds) {
    return plan.launchedBy("env", "LD_PRELOAD=" + library, "SKEW_SECONDS=" + seconds);
  }
}

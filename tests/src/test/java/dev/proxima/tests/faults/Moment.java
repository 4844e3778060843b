package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A seeded moment of a run: when a drawn share of its work is done and some node is at a kind of
 * work, and up to some milliseconds later.
 *
 * @param leftShare of the work that is still to be done then, drawn from [0.15, 1)
 * @param delayMillis drawn from 0 .. 60
 * @param kinds of which one must be in hand; any moment where empty
 */
record Moment(double leftShare, int delayMillis, Set<String> kinds) {

  static Moment draw(SplittableRandom random, String... kinds) {
    // The last training begins with a fifth of the work left.
    double least = kinds.length == 0 ? 0.02 : 0.25;
    return new Moment(least + (1 - least) * random.nextDouble(), random.nextInt(61), Set.of(kinds));
  }

  /**
   * A status of that moment.
   *
   * @param node the name of a node that is at such work; empty where any moment is right
   */
  record Seen(ClusterStatus status, Optional<String> node) {}

  /** The run ended before its moment was seen, so that nothing struck it. */
  static final class Missed extends AssertionError {

    private static final long serialVersionUID = 1;

    Missed(String what) {
      super("the run ended before " + what);
    }
  }

  /**
   * Waits for the moment.
   *
   * @throws Missed if the run ends before
   */
  Seen await(TestCluster cluster, Submission run) throws InterruptedException {
    int all = left(cluster.await(status -> isOver(status, run) || left(status, run) > 0), run);
    ClusterStatus seen =
        cluster.await(
            status ->
                isOver(status, run)
                    || left(status, run) > 0
                        && left(status, run) <= leftShare * all
                        && (kinds.isEmpty() || node(status).isPresent()));
    if (isOver(seen, run)) {
      throw new Missed("the moment came: " + this);
    }
    Thread.sleep(delayMillis);
    return new Seen(seen, node(seen));
  }

  private Optional<String> node(ClusterStatus status) {
    return status.nodes().stream()
        .filter(node -> node.work().values().stream().anyMatch(kinds::contains))
        .map(ClusterStatus.Node::name)
        .findFirst();
  }

  /** Whether a status says that the run has ended. */
  static boolean isOver(ClusterStatus status, Submission run) {
    return TestCluster.of(status, run).filter(known -> known.status().isEnd()).isPresent();
  }

  private static int left(ClusterStatus status, Submission run) {
    return TestCluster.of(status, run)
        .map(known -> known.remaining().values().stream().mapToInt(Integer::intValue).sum())
        .orElse(0);
  }
}

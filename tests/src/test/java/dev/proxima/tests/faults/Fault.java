package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** Something that goes wrong in the middle of a run. */
@FunctionalInterface
interface Fault {

  /**
   * Strikes at a moment drawn from {@code random}.
   *
   * @return how long the cluster was without a coordinator, where it lost one
   */
  Optional<Duration> strike(TestCluster cluster, Submission run, SplittableRandom random)
      throws InterruptedException;

  /** The coordinator that leads, at any moment. */
  static Fault killsCoordinator() {
    return (cluster, run, random) -> {
      ClusterStatus seen = Moment.draw(random).await(cluster, run).status();
      return Optional.of(killCoordinator(cluster, seen));
    };
  }

  /** A worker that is at one of these kinds of work. */
  static Fault killsWorkerAt(String... kinds) {
    return (cluster, run, random) -> {
      Moment.Seen seen = Moment.draw(random, kinds).await(cluster, run);
      cluster.node(seen.node().orElseThrow()).kill();
      return Optional.empty();
    };
  }

  /** The coordinator and a worker that is at one of these kinds of work, at once. */
  static Fault killsCoordinatorAndWorkerAt(String... kinds) {
    return (cluster, run, random) -> {
      Moment.Seen seen = Moment.draw(random, kinds).await(cluster, run);
      cluster.node(seen.node().orElseThrow()).kill();
      return Optional.of(killCoordinator(cluster, seen.status()));
    };
  }

  /** The coordinator, and its successor as soon as it leads. */
  static Fault killsCoordinatorTwice() {
    return (cluster, run, random) -> {
      ClusterStatus seen = Moment.draw(random).await(cluster, run).status();
      Duration first = killCoordinator(cluster, seen);
      ClusterStatus next = cluster.await(status -> status.epoch() > seen.epoch());
      Duration second = killCoordinator(cluster, next);
      return Optional.of(first.compareTo(second) > 0 ? first : second);
    };
  }

  private static Duration killCoordinator(TestCluster cluster, ClusterStatus seen)
      throws InterruptedException {
    cluster.node(seen.coordinator()).kill();
    long killed = System.nanoTime();
    cluster.await(status -> status.epoch() > seen.epoch());
    return Duration.ofNanos(System.nanoTime() - killed);
  }
}

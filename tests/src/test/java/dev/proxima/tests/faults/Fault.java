package dev.proxima.tests.faults;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.Submission;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Something that goes wrong in the middle of a run. */
@FunctionalInterface
interface Fault {

  /** How long files are watched between looks at the processes. */
  Duration WATCH = Duration.ofMillis(500);

  /** A transfer lasts a hundred times as long. */
  Duration LOOK = Duration.ofMillis(1);

  /**
   * Strikes at a moment drawn from {@code random}.
   *
   * @return how long the cluster was without a coordinator, where it lost one
   * @throws Moment.Missed if the run ends before
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

  /**
   * The only worker, while parameters come to it over the data plane; they must have come when it
   * has been started again.
   */
  static Fault killsWorkerInTransfer() {
    return (cluster, run, random) -> {
      Transfer.forget(cluster);
      double share = drawShare(random);
      Optional<Transfer> struck = Optional.empty();
      while (struck.isEmpty()) {
        struck = strikeTransfer(cluster, run, share, Transfer::receiver);
      }
      cluster.awaitThat(struck.get()::hasArrived);
      return Optional.empty();
    };
  }

  /** The coordinator, while its node sends parameters over the data plane. */
  static Fault killsCoordinatorInTransfer() {
    return (cluster, run, random) -> {
      Transfer.forget(cluster);
      double share = drawShare(random);
      while (true) {
        ClusterStatus seen = cluster.await(status -> TestCluster.of(status, run).isPresent());
        NodeProcess source = cluster.node(seen.coordinator());
        Optional<Transfer> struck = strikeTransfer(cluster, run, share, transfer -> source);
        long killed = System.nanoTime();
        cluster.awaitEpochAfter(seen.epoch());
        if (struck.isPresent()) {
          return Optional.of(Duration.ofNanos(System.nanoTime() - killed));
        }
      }
    };
  }

  private static double drawShare(SplittableRandom random) {
    return 0.8 * random.nextDouble();
  }

  /**
   * Kills a process of the next transfer when a share of it has come.
   *
   * @return the transfer; empty where it was complete before the process was dead
   */
  private static Optional<Transfer> strikeTransfer(
      TestCluster cluster, Submission run, double share, Function<Transfer, NodeProcess> victim)
      throws InterruptedException {
    Transfer transfer = awaitTransfer(cluster, run);
    while (transfer.received() < share * transfer.length()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
    victim.apply(transfer).killNow();
    return transfer.isOver() ? Optional.empty() : Optional.of(transfer);
  }

  private static Transfer awaitTransfer(TestCluster cluster, Submission run)
      throws InterruptedException {
    AtomicReference<Transfer> found = new AtomicReference<>();
    cluster.await(
        status -> {
          if (Moment.isOver(status, run)) {
            throw new Moment.Missed("a transfer was struck");
          }
          long begun = System.nanoTime();
          while (found.get() == null && System.nanoTime() - begun < WATCH.toNanos()) {
            Transfer.find(cluster).filter(each -> !each.isOver()).ifPresent(found::set);
            LockSupport.parkNanos(LOOK.toNanos());
          }
          return found.get() != null;
        });
    return found.get();
  }

  private static Duration killCoordinator(TestCluster cluster, ClusterStatus seen)
      throws InterruptedException {
    cluster.node(seen.coordinator()).kill();
    long killed = System.nanoTime();
    cluster.awaitEpochAfter(seen.epoch());
    return Duration.ofNanos(System.nanoTime() - killed);
  }
}

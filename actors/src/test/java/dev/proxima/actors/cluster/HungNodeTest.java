package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.cluster.NodeHost.Duty;
import dev.proxima.actors.cluster.NodeHost.Serve;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.ApoCoordinator.NodeJoined;
import dev.proxima.actors.coordinator.WorkerSlot;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.fixtures.UnigramRuns;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker's node whose device does not return; the test is the clock. */
class HungNodeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Submission RUN = UnigramRuns.submission("run");

  @TempDir Path folder;
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch returns = new CountDownLatch(1);
  private final Semaphore left = new Semaphore(0);
  private ActorTestKit kit;
  private ManualTime clock;
  private UnigramRuns runs;
  private TestProbe<RunQueue.Command> queue;
  private TestProbe<ApoCoordinator.Command> coordinator;
  private ActorRef<NodeSupervisor.Command> supervisor;
  private ActorRef<NodeHost.Command> host;

  @BeforeEach
  void hang() throws InterruptedException {
    kit = ActorTestKit.create(ActorConfig.manualTime());
    clock = ManualTime.get(kit.system());
    FolderStore store = new FolderStore(folder);
    runs = new UnigramRuns(store, new UnigramEngine(call -> pause()));
    queue = kit.createTestProbe(RunQueue.Command.class);
    coordinator = kit.createTestProbe(ApoCoordinator.Command.class);
    host =
        kit.spawn(
            NodeHost.create(
                "node", List.of(ComputeDevice.CPU), runs, queue.ref(), PATIENCE, left::release));
    host.tell(new Serve(1, new Duty(RUN, coordinator.ref())));
    NodeJoined node = joined();
    supervisor = node.supervisor();
    order(node, new Work.FineTune(runs.served().get(0).spec().data().fineTuning()));
    hangs.await();
  }

  @AfterEach
  void stop() {
    returns.countDown();
    kit.shutdownTestKit();
  }

  @Test
  void itLeavesWhenTheDeviceDoesNotReturn() throws InterruptedException {
    end();
    // However often it is told.
    host.tell(new Serve(2, null));
    pass(PATIENCE.minus(SECOND));
    assertThat(left.availablePermits()).isZero();
    clock.timePasses(SECOND.multipliedBy(2));
    assertThat(left.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(left.availablePermits()).isZero();
  }

  @Test
  void itStaysWhenTheDeviceReturnsInTime() {
    end();
    pass(PATIENCE.minus(SECOND));
    returns.countDown();
    coordinator.expectTerminated(supervisor);
    host.tell(new Serve(2, new Duty(RUN, coordinator.ref())));
    assertThat(joined().supervisor()).isNotEqualTo(supervisor);
    pass(PATIENCE);
    assertThat(left.availablePermits()).isZero();
  }

  /** Ends the duty; the host waits from now on. */
  private void end() {
    host.tell(new Serve(1, null));
    coordinator.awaitAssert(
        () -> {
          assertThatThrownBy(() -> runs.served().get(0).stop().check())
              .isInstanceOf(CancellationException.class);
          return null;
        });
  }

  /** Returns when the host has lived through all of it but the last second. */
  private void pass(Duration time) {
    clock.timePasses(time);
    queue.receiveSeveralMessages((int) time.toSeconds());
  }

  private void pause() {
    hangs.countDown();
    try {
      returns.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next word of a supervisor, which is spawned some time after the order. */
  private NodeJoined joined() {
    return coordinator.awaitAssert(
        () -> {
          pass(SECOND);
          return coordinator.expectMessageClass(NodeJoined.class, Duration.ofMillis(100));
        });
  }

  private void order(NodeJoined node, Work work) {
    node.slots().stream()
        .filter(WorkerSlot.Device.class::isInstance)
        .findFirst()
        .orElseThrow()
        .assign("lease", work, kit.<WorkReply>createTestProbe().ref());
  }
}

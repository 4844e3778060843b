package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.cluster.NodeHost.Duty;
import dev.proxima.actors.cluster.NodeHost.Serve;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.ApoCoordinator.NodeJoined;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.fixtures.UnigramRuns;
import dev.proxima.actors.node.StopSignal;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker's node under a queue and coordinators behind which stands the test. */
class NodeHostTest {

  private static final List<ComputeDevice> DEVICES = List.of(ComputeDevice.CPU);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Submission RUN = UnigramRuns.submission("run");

  private static ActorTestKit kit;

  @TempDir Path folder;
  private UnigramRuns runs;
  private TestProbe<RunQueue.Command> queue;
  private TestProbe<ApoCoordinator.Command> first;
  private TestProbe<ApoCoordinator.Command> second;
  private ActorRef<NodeHost.Command> host;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void spawn() {
    runs = new UnigramRuns(new FolderStore(folder), new UnigramEngine());
    queue = kit.createTestProbe(RunQueue.Command.class);
    first = kit.createTestProbe(ApoCoordinator.Command.class);
    second = kit.createTestProbe(ApoCoordinator.Command.class);
    host = kit.spawn(NodeHost.create("node", DEVICES, runs, queue.ref(), PATIENCE, () -> {}));
  }

  @Test
  void offersItsDevicesAgainAndAgain() {
    RunQueue.NodeOffered offered = new RunQueue.NodeOffered("node", DEVICES, host);
    queue.expectMessage(offered);
    queue.expectMessage(offered);
  }

  @Test
  void servesTheCoordinatorThatItIsToldOf() {
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    assertThat(joined(first).node()).isEqualTo("node");
    // The same again changes nothing.
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    joined(first);
    assertThat(runs.served()).hasSize(1);
  }

  @Test
  void aNewCoordinatorFindsNewWorkersAndNobodyHearsTheOldOne() {
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    NodeJoined before = joined(first);
    host.tell(new Serve(2, new Duty(RUN, second.ref())));
    NodeJoined after = joined(second);

    queue.expectTerminated(before.supervisor());
    assertThat(after.supervisor()).isNotEqualTo(before.supervisor());
    assertThat(stopped(runs.served().get(0).stop())).isTrue();
    assertThat(stopped(runs.served().get(1).stop())).isFalse();
    assertThat(runs.closed()).isEqualTo(1);
  }

  @Test
  void anEarlierEpochIsNotHeard() {
    host.tell(new Serve(2, new Duty(RUN, second.ref())));
    NodeJoined joined = joined(second);
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    host.tell(new Serve(1, null));
    assertThat(joined(second)).isEqualTo(joined);
    assertThat(runs.served()).hasSize(1);
  }

  @Test
  void withoutARunItRests() {
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    NodeJoined joined = joined(first);
    host.tell(new Serve(1, null));
    queue.expectTerminated(joined.supervisor());
    host.tell(new Serve(1, new Duty(RUN, second.ref())));
    assertThat(joined(second).supervisor()).isNotEqualTo(joined.supervisor());
  }

  /** Orders may change while a run is still being opened. */
  @Test
  void theLatestOrderCounts() {
    host.tell(new Serve(1, new Duty(RUN, first.ref())));
    host.tell(new Serve(1, null));
    host.tell(new Serve(2, new Duty(RUN, second.ref())));
    joined(second);
    NodeJoined last = joined(second);
    assertThat(stopped(runs.served().get(runs.served().size() - 1).stop())).isFalse();
    assertThat(last.supervisor()).isNotNull();
  }

  private static NodeJoined joined(TestProbe<ApoCoordinator.Command> coordinator) {
    return coordinator.expectMessageClass(NodeJoined.class);
  }

  private static boolean stopped(StopSignal signal) {
    try {
      signal.check();
      return false;
    } catch (CancellationException e) {
      return true;
    }
  }
}

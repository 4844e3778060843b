package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.RingSeat;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.FakeNode;
import dev.proxima.actors.fixtures.FakeWork;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.node.NodeSupervisor.AbandonRing;
import dev.proxima.actors.node.PolicyActor.TrainReplicas;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSettings.Replicas;
import dev.proxima.actors.run.RunSettings.Synchronisation;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.WorkReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with a device each make the steps of two replicas together; the test trains. */
class RingLeaseTest {

  /** Enough to try again until both nodes have nothing else to do. */
  private static final LeasePolicy POLICY = new LeasePolicy(Duration.ofMinutes(5), 1000);

  private static final String NOT_YET = "not yet";
  private static final DataPlaneAddress FIRST = new DataPlaneAddress("10.0.0.1", 25521);
  private static final DataPlaneAddress SECOND = new DataPlaneAddress("10.0.0.2", 25521);

  private static ActorTestKit kit;

  @TempDir Path folder;
  private TestProbe<RunEvent> listener;
  private FakeNode first;
  private FakeNode second;
  private FakeWork work;
  private TrainReplicas leading;
  private TrainReplicas helping;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void begin(TestInfo test) {
    ArtifactStore store = new FolderStore(folder);
    Replicas two = new Replicas(2, Synchronisation.GRADIENTS, 0);
    RunSpec spec = Runs.withReplicas(Runs.given(store), two, 1, 1);
    work = new FakeWork(store);
    listener = kit.createTestProbe(RunEvent.class);
    String run = test.getTestMethod().orElseThrow().getName();
    ActorRef<ApoCoordinator.Command> coordinator =
        kit.spawn(ApoCoordinator.create(run, "f", spec, store, POLICY, listener.ref(), 0, null));
    first = FakeNode.reachable(kit, "first", FIRST, work);
    second = FakeNode.reachable(kit, "second", SECOND, work);
    coordinator.tell(first.joined());
    leading = first.order(TrainReplicas.class);
    coordinator.tell(second.joined());
    while (leading.seat() == null) {
      leading.replyTo().tell(new WorkReply.Failed(leading.lease(), leading.work(), NOT_YET, false));
      // It is free for sure, so that it is in whatever trains next.
      leading = first.order(TrainReplicas.class);
    }
    helping = second.order(TrainReplicas.class);
  }

  @Test
  void bothAreToldTheirSeatsAndTheFirstAnswers() {
    assertThat(leading.seat()).isEqualTo(new RingSeat(leading.lease(), 0, List.of(1, 1), SECOND));
    assertThat(helping.seat()).isEqualTo(new RingSeat(leading.lease(), 1, List.of(1, 1), FIRST));
    assertThat(helping.work()).isEqualTo(leading.work());
    helping.replyTo().tell(new WorkReply.Helped(helping.lease()));
    leading.replyTo().tell(work.done(leading));
    awaitEnd();
  }

  @Test
  void whereAHelperIsGoneTheOtherGivesUpAndTrainsAlone() {
    kit.stop(second.supervisor());
    assertThat(abandoned(first)).isEqualTo(new AbandonRing(leading.lease()));
    desert(leading);
    goesOnAlone(first);
  }

  @Test
  void whereTheFirstIsGoneTheHelperGivesUpAndTrainsAlone() {
    kit.stop(first.supervisor());
    assertThat(abandoned(second)).isEqualTo(new AbandonRing(leading.lease()));
    desert(helping);
    goesOnAlone(second);
  }

  @Test
  void whereAHelperFailsTheOtherGivesUpAndTheStepsAreMadeByOneNode() {
    helping
        .replyTo()
        .tell(new WorkReply.Failed(helping.lease(), helping.work(), "out of memory", false));
    assertThat(abandoned(first)).isEqualTo(new AbandonRing(leading.lease()));
    desert(leading);
    RunEvent.WorkRetried retried = next(RunEvent.WorkRetried.class);
    while (retried.reason().equals(NOT_YET)) {
      retried = next(RunEvent.WorkRetried.class);
    }
    assertThat(retried.reason()).isEqualTo("the other has left");
  }

  private void desert(TrainReplicas order) {
    order.replyTo().tell(new WorkReply.Deserted(order.lease(), "the other has left"));
  }

  private void goesOnAlone(FakeNode node) {
    TrainReplicas alone = node.order(TrainReplicas.class);
    assertThat(alone.work()).isEqualTo(leading.work());
    assertThat(alone.seat()).isNull();
    alone.replyTo().tell(work.done(alone));
    awaitEnd();
  }

  private void awaitEnd() {
    next(RunEvent.RunCompleted.class);
  }

  private <E extends RunEvent> E next(Class<E> kind) {
    RunEvent event = listener.receiveMessage();
    while (!kind.isInstance(event)) {
      event = listener.receiveMessage();
    }
    return kind.cast(event);
  }

  private static NodeSupervisor.Command abandoned(FakeNode node) {
    NodeSupervisor.Command command = node.broadcasts().receiveMessage();
    while (!(command instanceof AbandonRing)) {
      command = node.broadcasts().receiveMessage();
    }
    return command;
  }
}

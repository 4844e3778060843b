package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.FakeNode;
import dev.proxima.actors.fixtures.FakeWork;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Work;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.Restart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded journal that ships: H2 in a file, by persistence-jdbc. */
class CoordinatorJournalTest {

  private static final Method RESTARTING =
      new Method(
          "apo",
          new OuterLoop(
              2,
              new Extrapolated(new Constant(0.3), MomentumFrom.PROXIMAL, Restart.HELD_OUT),
              InnerStart.REFERENCE));

  @TempDir Path folder;

  @Test
  void eventsOutliveTheActorSystem() throws Exception {
    ArtifactStore store = new FolderStore(folder.resolve("artifacts"));
    RunSpec spec = Runs.sampled(store);
    FakeWork work = new FakeWork(store);

    inSystem(
        (kit, listener, coordinator) -> {
          assertThat(await(listener, RunEvent.RunRecovered.class).completed()).isZero();
          FakeNode node = FakeNode.silent(kit, "node");
          coordinator.tell(node.joined());
          for (int i = 0; i < 2; i++) {
            Assignment order = node.order();
            order.replyTo().tell(work.done(order));
            await(listener, RunEvent.WorkCompleted.class);
          }
        },
        spec,
        store,
        "run");
    assertThat(folder.resolve("journal.mv.db")).isNotEmptyFile();

    inSystem(
        (kit, listener, coordinator) -> {
          assertThat(await(listener, RunEvent.RunRecovered.class).completed()).isEqualTo(2);
          coordinator.tell(FakeNode.diligent(kit, "node", work).joined());
          assertThat(await(listener, RunEvent.RunCompleted.class).iterations()).hasSize(6);
        },
        spec,
        store,
        "run");
  }

  /**
   * Whether an iteration is extrapolated hangs on what the journal says of its evaluation. The
   * rewards are drawn at random by {@link FakeWork}; the first iteration's fall.
   */
  @Test
  void aRunThatRestartsItsMomentumGoesOnAndEndsTheSame() throws Exception {
    ArtifactStore store = new FolderStore(folder.resolve("artifacts"));
    RunSpec spec = Runs.withMethods(Runs.sampled(store), List.of(RESTARTING));
    FakeWork work = new FakeWork(store);

    List<IterationResult> undisturbed = new ArrayList<>();
    inSystem(
        (kit, listener, coordinator) -> {
          coordinator.tell(FakeNode.diligent(kit, "node", work).joined());
          undisturbed.addAll(await(listener, RunEvent.RunCompleted.class).iterations());
        },
        spec,
        store,
        "undisturbed");
    assertThat(undisturbed).extracting(IterationResult::alpha).startsWith(0.0, 0.0);

    inSystem(
        (kit, listener, coordinator) -> {
          coordinator.tell(FakeNode.diligent(kit, "node", work).joined());
          for (int evaluations = 0; evaluations < 2; ) {
            RunEvent.WorkCompleted completed = await(listener, RunEvent.WorkCompleted.class);
            evaluations += completed.work() instanceof Work.Evaluate ? 1 : 0;
          }
        },
        spec,
        store,
        "run");
    inSystem(
        (kit, listener, coordinator) -> {
          assertThat(await(listener, RunEvent.RunRecovered.class).completed()).isPositive();
          coordinator.tell(FakeNode.diligent(kit, "node", work).joined());
          assertThat(await(listener, RunEvent.RunCompleted.class).iterations())
              .isEqualTo(undisturbed);
        },
        spec,
        store,
        "run");
  }

  @FunctionalInterface
  private interface Scene {
    void play(
        ActorTestKit kit,
        TestProbe<RunEvent> listener,
        ActorRef<ApoCoordinator.Command> coordinator);
  }

  private void inSystem(Scene scene, RunSpec spec, ArtifactStore store, String run)
      throws Exception {
    ActorTestKit kit = ActorTestKit.create(ActorConfig.journal(folder.resolve("journal")));
    try {
      SchemaUtils.createIfNotExists(kit.system()).toCompletableFuture().get(10, TimeUnit.SECONDS);
      TestProbe<RunEvent> listener = kit.createTestProbe(RunEvent.class);
      LeasePolicy leases = new LeasePolicy(Duration.ofMinutes(1), 1);
      scene.play(
          kit,
          listener,
          kit.spawn(ApoCoordinator.create(run, "f", spec, store, leases, listener.ref(), 0, null)));
    } finally {
      kit.shutdownTestKit();
    }
  }

  private static <E extends RunEvent> E await(TestProbe<RunEvent> listener, Class<E> kind) {
    RunEvent event = listener.receiveMessage();
    while (!kind.isInstance(event)) {
      event = listener.receiveMessage();
    }
    return kind.cast(event);
  }
}

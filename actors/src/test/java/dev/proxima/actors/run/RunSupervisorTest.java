package dev.proxima.actors.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs of two methods, two iterations and two logical replicas through all the actors. Every
 * artefact's name is the hash of its content, so equal results are equal to the last bit.
 */
class RunSupervisorTest {

  private static final LeasePolicy LEASES = new LeasePolicy(Duration.ofMinutes(1), 5);
  private static final List<ComputeDevice> ONE = List.of(ComputeDevice.CPU);
  private static final List<ComputeDevice> TWO = List.of(ComputeDevice.CPU, ComputeDevice.CPU);

  private static ActorTestKit kit;
  private static PersistenceTestKit journal;

  /** What an undisturbed run on one device gives. */
  private static List<IterationResult> expected;

  @TempDir static Path shared;
  @TempDir Path folder;
  private String run;
  private TestProbe<RunEvent> listener;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
    journal = PersistenceTestKit.create(kit.system());
    TestProbe<RunEvent> listener = kit.createTestProbe(RunEvent.class);
    spawn("undisturbed", shared, new UnigramEngine(), ONE, 0, listener);
    expected = completed(events(listener));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void prepare(TestInfo test) {
    run = test.getTestMethod().orElseThrow().getName() + test.getDisplayName();
    listener = kit.createTestProbe(RunEvent.class);
  }

  @Test
  void everyIterationOfBothMethodsIsThere() {
    assertThat(expected)
        .extracting(result -> result.method() + " " + result.iteration())
        .containsExactly("apo 0", "apo 1", "apo 2", "iterative 0", "iterative 1", "iterative 2");
    // The methods part where the first extrapolation comes in.
    assertThat(expected.get(1).proximal()).isEqualTo(expected.get(4).proximal());
    assertThat(expected.get(2).proximal()).isNotEqualTo(expected.get(5).proximal());
    assertThat(expected.get(1).logs()).hasSize(2);
  }

  @Test
  void theRunEndsByItself() {
    ActorRef<RunSupervisor.Command> supervisor = spawn(new UnigramEngine(), ONE);
    List<RunEvent> events = events(listener);
    assertThat(events.get(events.size() - 2)).isInstanceOf(RunEvent.RunCompleted.class);
    listener.expectTerminated(supervisor);
  }

  @Test
  void theNumberOfDevicesDoesNotChangeTheResult() {
    spawn(new UnigramEngine(), TWO);
    assertThat(completed(events(listener))).isEqualTo(expected);
  }

  /** Each kind of call fails once; four of the failures hit the fine-tuning. */
  @Test
  void workersThatThrowDoNotChangeTheResult() {
    Set<String> failed = ConcurrentHashMap.newKeySet();
    UnigramEngine engine =
        new UnigramEngine(
            call -> {
              if (!call.startsWith("close") && failed.add(call)) {
                throw new IllegalStateException(call + " failed");
              }
            });
    spawn(engine, TWO);
    List<RunEvent> events = events(listener);
    assertThat(failed)
        .containsExactlyInAnyOrder(
            "initialise", "trainer", "fineTune", "prefer", "save", "load", "generate", "logps");
    assertThat(events).filteredOn(RunEvent.WorkRetried.class::isInstance).hasSize(failed.size());
    assertThat(completed(events)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 40})
  void aRunThatWasStoppedGoesOnAndEndsTheSame(int works) {
    ActorRef<RunSupervisor.Command> supervisor = spawn(new UnigramEngine(), TWO);
    for (int i = 0; i < works; i++) {
      await(RunEvent.WorkCompleted.class);
    }
    supervisor.tell(new RunSupervisor.Stop());
    List<RunEvent> rest = events(listener);
    assertThat(rest)
        .noneMatch(RunEvent.RunFailed.class::isInstance)
        .noneMatch(RunEvent.WorkRetried.class::isInstance);
    listener.expectTerminated(supervisor);
    listener.expectNoMessage(Duration.ZERO);

    spawn(new UnigramEngine(), ONE);
    assertThat(await(RunEvent.RunRecovered.class).completed()).isGreaterThanOrEqualTo(works);
    assertThat(completed(events(listener))).isEqualTo(expected);
  }

  /** Cut into segments of one step, of which some are lost. */
  @Test
  void segmentsOfTrainingsDoNotChangeTheResult() {
    AtomicInteger steps = new AtomicInteger();
    UnigramEngine engine =
        new UnigramEngine(
            call -> {
              if (call.equals("prefer") && steps.incrementAndGet() % 3 == 0) {
                throw new IllegalStateException("step " + steps + " failed");
              }
            });
    spawn(run, folder, engine, TWO, 1, listener);
    List<RunEvent> events = events(listener);
    assertThat(events).filteredOn(RunEvent.WorkRetried.class::isInstance).isNotEmpty();
    List<IterationResult> results = completed(events);
    assertThat(results)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("logs")
        .isEqualTo(expected);
    ArtifactStore store = new FolderStore(folder);
    ArtifactStore whole = new FolderStore(shared);
    for (int i = 0; i < results.size(); i++) {
      assertThat(results.get(i).logs()).hasSizeGreaterThan(expected.get(i).logs().size());
      assertThat(JsonArtifacts.readLines(store, results.get(i).logs(), StepMetrics.class))
          .isEqualTo(JsonArtifacts.readLines(whole, expected.get(i).logs(), StepMetrics.class));
    }
  }

  @Test
  void aJournalThatFailsOnceDoesNotChangeTheResult() {
    spawn(once("prefer", () -> journal.failNextPersisted("ApoCoordinator|" + run)), ONE);
    List<RunEvent> events = events(listener);
    assertThat(events).filteredOn(RunEvent.RunRecovered.class::isInstance).hasSize(2);
    assertThat(completed(events)).isEqualTo(expected);
  }

  @Test
  void aCoordinatorThatIsRestartedGoesOn() {
    spawn(once("prefer", () -> journal.rejectNextPersisted("ApoCoordinator|" + run)), ONE);
    List<RunEvent> events = events(listener);
    assertThat(events).filteredOn(RunEvent.RunRecovered.class::isInstance).hasSize(2);
    assertThat(completed(events)).isEqualTo(expected);
  }

  @Test
  void aCoordinatorThatCannotBeMendedFailsTheRun() {
    journal.rejectNextNPersisted("ApoCoordinator|" + run, 10);
    ActorRef<RunSupervisor.Command> supervisor = spawn(new UnigramEngine(), ONE);
    List<RunEvent> events = events(listener);
    RunEvent.RunFailed failed = (RunEvent.RunFailed) events.get(events.size() - 2);
    assertThat(failed.reason()).contains("the coordinator failed").hasLineCount(1);
    assertThat(failed.mendable()).isFalse();
    listener.expectTerminated(supervisor);
  }

  /** Does something at the first of the calls named so. */
  private static UnigramEngine once(String call, Runnable what) {
    AtomicBoolean done = new AtomicBoolean();
    return new UnigramEngine(
        name -> {
          if (name.equals(call) && done.compareAndSet(false, true)) {
            what.run();
          }
        });
  }

  private ActorRef<RunSupervisor.Command> spawn(UnigramEngine engine, List<ComputeDevice> devices) {
    return spawn(run, folder, engine, devices, 0, listener);
  }

  private static ActorRef<RunSupervisor.Command> spawn(
      String run,
      Path folder,
      UnigramEngine engine,
      List<ComputeDevice> devices,
      int checkpointSteps,
      TestProbe<RunEvent> listener) {
    ArtifactStore store = new FolderStore(folder);
    return kit.spawn(
        RunSupervisor.create(
            run,
            "fingerprint",
            Runs.node(Runs.sampled(store, 2), store, engine, checkpointSteps),
            devices,
            LEASES,
            listener.ref()));
  }

  private <E extends RunEvent> E await(Class<E> kind) {
    RunEvent event = listener.receiveMessage();
    while (!kind.isInstance(event)) {
      event = listener.receiveMessage();
    }
    return kind.cast(event);
  }

  /** All events up to the last. */
  private static List<RunEvent> events(TestProbe<RunEvent> listener) {
    List<RunEvent> events = new ArrayList<>();
    do {
      events.add(listener.receiveMessage());
    } while (!(events.get(events.size() - 1) instanceof RunEvent.RunEnded));
    return events;
  }

  private static List<IterationResult> completed(List<RunEvent> events) {
    return ((RunEvent.RunCompleted) events.get(events.size() - 2)).iterations();
  }
}

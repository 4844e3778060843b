package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.GarbageCollector;
import dev.proxima.actors.cluster.RunQueueEvent;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.actors.coordinator.CoordinatorEvent.EpochBegan;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.fixtures.FakeNode;
import dev.proxima.actors.fixtures.FakeWork;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Work.TrainReplica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the coordinator needs of a journal, with two actor systems on one database. */
abstract class JournalContract {

  private static final String RUN = "run";

  @TempDir Path folder;
  private ArtifactStore store;
  private RunSpec spec;
  private String fingerprint;
  private FakeWork work;
  private ActorTestKit paused;
  private ActorTestKit successor;

  /** The configuration of an actor system on the journal; that of one test knows no other's. */
  abstract Config journal();

  @BeforeEach
  void startTwoSystems() throws Exception {
    store = new FolderStore(folder.resolve("artifacts"));
    spec = Runs.sampled(store, 2);
    fingerprint = JsonArtifacts.write(store, spec).sha256();
    work = new FakeWork(store);
    Config journal = journal();
    paused = ActorTestKit.create("paused", journal);
    successor = ActorTestKit.create("successor", journal);
    CompletableFuture.allOf(schema(paused), schema(successor)).get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stopBoth() {
    paused.shutdownTestKit();
    successor.shutdownTestKit();
  }

  /**
   * A coordinator that was paused goes on while its successor is at work: its next result comes
   * under a sequence number that is taken.
   */
  @Test
  void aStaleCoordinatorIsRefusedAndTheJournalStaysOneLine() throws Exception {
    TestProbe<RunEvent> pausedListener = paused.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> stale = coordinator(paused, pausedListener, 1);
    FakeNode pausedNode = FakeNode.silent(paused, "node");
    stale.tell(pausedNode.joined());
    Assignment fineTune = pausedNode.order();
    fineTune.replyTo().tell(work.done(fineTune));
    Assignment sample = pausedNode.order();

    TestProbe<RunEvent> listener = successor.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> heir = coordinator(successor, listener, 2);
    assertThat(await(listener, RunEvent.RunRecovered.class).completed()).isEqualTo(1);
    FakeNode node = FakeNode.silent(successor, "node");
    heir.tell(node.joined());
    Assignment again = node.order();
    assertThat(again.work()).isEqualTo(sample.work());
    again.replyTo().tell(work.done(again));
    await(listener, RunEvent.WorkCompleted.class);

    sample.replyTo().tell(work.done(sample));
    // Refused, it reads the journal again and finds its successor's epoch there.
    pausedListener.expectTerminated(stale);

    List<EventEnvelope> line = events();
    assertThat(line)
        .extracting(EventEnvelope::sequenceNr)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 5).boxed().toList());
    assertThat(line)
        .extracting(EventEnvelope::event)
        .containsExactly(
            new RunStarted(fingerprint),
            new EpochBegan(1),
            new WorkCompleted(fineTune.work(), work.output(fineTune.work())),
            new EpochBegan(2),
            new WorkCompleted(sample.work(), work.output(sample.work())));
  }

  @Test
  void aRunIsEndedBySuccessors() throws Exception {
    TestProbe<RunEvent> first = paused.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> coordinator = coordinator(paused, first, 1);
    coordinator.tell(FakeNode.diligent(paused, "node", work).joined());
    for (int done = 0; done < 5; done++) {
      await(first, RunEvent.WorkCompleted.class);
    }
    paused.stop(coordinator);

    TestProbe<RunEvent> second = successor.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> heir = coordinator(successor, second, 2);
    assertThat(await(second, RunEvent.RunRecovered.class).completed()).isGreaterThanOrEqualTo(5);
    heir.tell(FakeNode.diligent(successor, "node", work).joined());
    assertThat(await(second, RunEvent.RunCompleted.class).iterations()).hasSize(6);
    List<EventEnvelope> line = events();
    assertThat(line).extracting(EventEnvelope::event).doesNotHaveDuplicates();
    assertThat(line.get(line.size() - 1).sequenceNr()).isEqualTo(line.size());
  }

  /** As a cluster does at the end of a run, while its next one waits in the queue. */
  @Test
  void whatNoRunOfTheJournalNeedsIsCollected() throws Exception {
    TestProbe<RunEvent> listener = paused.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> coordinator = coordinator(paused, listener, 1);
    coordinator.tell(FakeNode.diligent(paused, "node", work).joined());
    List<IterationResult> iterations = await(listener, RunEvent.RunCompleted.class).iterations();
    ArtifactId queued = JsonArtifacts.write(store, "a prompt");
    ArtifactId data = JsonArtifacts.write(store, Map.of("iterations", List.of(queued)));
    ArtifactId config = JsonArtifacts.write(store, "config");
    submit(new Submission("next", config, data, "folder"));
    ArtifactId stranger = JsonArtifacts.write(store, "stranger");
    List<ArtifactId> replicas =
        events().stream()
            .map(EventEnvelope::event)
            .filter(
                event -> event instanceof WorkCompleted done && done.work() instanceof TrainReplica)
            .map(event -> ((WorkCompleted) event).output().artifact())
            .toList();
    assertThat(replicas).isNotEmpty();

    Reclaimed reclaimed =
        GarbageCollector.collect(successor.system(), store, Duration.ofHours(-1))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);

    assertThat(reclaimed.artifacts()).isEqualTo(replicas.size() + 1);
    Stream.concat(replicas.stream(), Stream.of(stranger))
        .forEach(id -> assertThatThrownBy(() -> store.read(id)).hasMessageContaining("is missing"));
    assertThat(List.of(queued, data, config)).allSatisfy(id -> assertThat(store.read(id)).exists());
    JsonArtifacts.namedBy(iterations).forEach(id -> assertThat(store.read(id)).exists());
    TestProbe<RunEvent> again = successor.createTestProbe(RunEvent.class);
    coordinator(successor, again, 2);
    assertThat(await(again, RunEvent.RunCompleted.class).iterations()).isEqualTo(iterations);
  }

  private void submit(Submission run) {
    TestProbe<String> done = successor.createTestProbe(String.class);
    successor.spawn(
        Behaviors.<String>setup(
            context ->
                new EventSourcedBehavior<String, RunQueueEvent, String>(
                    PersistenceId.of("RunQueue", "cluster")) {
                  @Override
                  public String emptyState() {
                    context.getSelf().tell("submit");
                    return "";
                  }

                  @Override
                  public CommandHandler<String, RunQueueEvent, String> commandHandler() {
                    return (state, command) ->
                        Effect()
                            .persist(new RunQueueEvent.RunSubmitted(run))
                            .thenRun(after -> done.ref().tell("submitted"));
                  }

                  @Override
                  public EventHandler<String, RunQueueEvent> eventHandler() {
                    return (state, event) -> state;
                  }
                }));
    done.expectMessage("submitted");
  }

  private ActorRef<ApoCoordinator.Command> coordinator(
      ActorTestKit kit, TestProbe<RunEvent> listener, long epoch) {
    LeasePolicy leases = new LeasePolicy(Duration.ofMinutes(1), 1);
    return kit.spawn(
        ApoCoordinator.create(RUN, fingerprint, spec, store, leases, listener.ref(), epoch, null));
  }

  private List<EventEnvelope> events() throws Exception {
    return PersistenceQuery.get(successor.system())
        .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier())
        .currentEventsByPersistenceId("ApoCoordinator|" + RUN, 0, Long.MAX_VALUE)
        .runWith(Sink.seq(), successor.system())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static CompletableFuture<?> schema(ActorTestKit kit) {
    return SchemaUtils.createIfNotExists(kit.system()).toCompletableFuture();
  }

  private static <E extends RunEvent> E await(TestProbe<RunEvent> listener, Class<E> kind) {
    RunEvent event = listener.receiveMessage();
    while (!kind.isInstance(event)) {
      event = listener.receiveMessage();
    }
    return kind.cast(event);
  }
}

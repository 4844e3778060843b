package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.cluster.RunQueue.Accepted;
import dev.proxima.actors.cluster.RunQueue.Refused;
import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import dev.proxima.actors.cluster.RunStatus.Phase;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.fixtures.UnigramRuns;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The queue with its real coordinator; nodes are real where a run has to end. */
class RunQueueTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String JOURNAL = "RunQueue|cluster";
  private static final List<ComputeDevice> ONE = List.of(ComputeDevice.CPU);
  private static final Submission RUN = UnigramRuns.submission("run");
  private static final Submission NEXT = UnigramRuns.submission("next");

  @TempDir Path folder;
  private final CountDownLatch fenced = new CountDownLatch(1);
  private ActorTestKit kit;
  private PersistenceTestKit journal;
  private UnigramRuns runs;
  private TestProbe<RunQueue.Reply> client;
  private TestProbe<NodeHost.Command> node;
  private ActorRef<RunQueue.Command> queue;

  @BeforeEach
  void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
    journal = PersistenceTestKit.create(kit.system());
    runs = new UnigramRuns(new FolderStore(folder), new UnigramEngine());
    client = kit.createTestProbe(RunQueue.Reply.class);
    node = kit.createTestProbe(NodeHost.Command.class);
    queue = spawn();
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void leadsRunsOneAfterAnother() {
    assertThat(submit(RUN)).isEqualTo(new Accepted(RunStatus.of(Phase.RUNNING)));
    assertThat(submit(NEXT)).isEqualTo(new Accepted(RunStatus.of(Phase.QUEUED)));
    kit.spawn(NodeHost.create("node", ONE, runs, queue, PATIENCE, () -> {}));
    awaitPhase(NEXT, Phase.COMPLETED);
    ClusterStatus status = status();
    assertThat(status.runs())
        .extracting(run -> run.submission().id())
        .containsExactly("run", "next");
    assertThat(status.runs()).allMatch(run -> run.status().phase() == Phase.COMPLETED);
    assertThat(status.nodes())
        .containsExactly(new ClusterStatus.Node("node", ONE, new TreeMap<>()));
    assertThat(runs.results())
        .extracting(result -> result.method() + " " + result.iteration())
        .containsExactly("apo 0", "apo 1", "apo 2", "iterative 0", "iterative 1", "iterative 2");
    assertThat(runs.collections()).isEqualTo(2);
  }

  @Test
  void aRunWhoseReporterFailsIsLedAgain() {
    Submission run = UnigramRuns.submission(UnigramRuns.FAILING_REPORTER);
    submit(run);
    kit.spawn(NodeHost.create("node", ONE, runs, queue, PATIENCE, () -> {}));
    awaitPhase(run, Phase.COMPLETED);
    assertThat(status().epoch()).isEqualTo(2);
  }

  @Test
  void submittingAgainIsHarmlessAndAnotherRunOfThatNameIsRefused() {
    submit(RUN);
    assertThat(submit(RUN)).isEqualTo(new Accepted(RunStatus.of(Phase.RUNNING)));
    Submission other = new Submission("run", NEXT.config(), NEXT.data(), "/runs/run");
    assertThat(((Refused) submit(other)).reason()).contains("run is another experiment");
    assertThat(status().runs()).hasSize(1);
  }

  @Test
  void aCancelledRunMakesRoomAndGoesOnWhenSubmittedAgain() {
    submit(RUN);
    submit(NEXT);
    assertThat(cancel("run")).isEqualTo(new Accepted(RunStatus.of(Phase.CANCELLED)));
    awaitPhase(NEXT, Phase.RUNNING);
    assertThat(phase(RUN)).isEqualTo(Phase.CANCELLED);
    assertThat(((Refused) cancel("run")).reason()).contains("ended already");
    assertThat(((Refused) cancel("nothing")).reason()).contains("there is no run nothing");

    submit(RUN);
    cancel("next");
    awaitPhase(RUN, Phase.RUNNING);
    kit.spawn(NodeHost.create("node", ONE, runs, queue, PATIENCE, () -> {}));
    awaitPhase(RUN, Phase.COMPLETED);
    assertThat(phase(NEXT)).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void aRunThatCannotBeOpenedFailsWithItsReason() {
    Submission broken = UnigramRuns.submission("broken");
    submit(broken);
    awaitPhase(broken, Phase.FAILED);
    assertThat(status().runs().get(0).status().reason()).isEqualTo("no such data");
  }

  /** As on a full disk, which the run's own files need room on. */
  @Test
  void aRunThatCannotBeOpenedForWantOfRoomWaitsAndSaysSo() {
    Submission run = UnigramRuns.submission(UnigramRuns.FULL_DISK);
    submit(run);
    kit.spawn(NodeHost.create("node", ONE, runs, queue, PATIENCE, () -> {}));
    awaitStatus(run, new RunStatus(Phase.RUNNING, "/disk is full"));
    runs.makeRoom();
    awaitPhase(run, Phase.COMPLETED);
  }

  @Test
  @Timeout(60)
  void aJournalOfALaterVersionHasTheNodeLeaveInOneLine() {
    kit.stop(queue);
    journal.clearAll();
    journal.persistForRecovery(
        JOURNAL, List.of(new RunQueueEvent.EpochBegan(1), new OfLaterVersion("run-moved", 2)));
    List<ILoggingEvent> errors =
        errorsWhile(
            () -> {
              queue = spawn();
              queue.tell(new RunQueue.Submit(RUN, client.ref()));
              client.expectTerminated(queue);
            });
    assertThat(errors)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the journal of the cluster has an event run-moved of version 2 and this Proxima reads"
                + " up to 1; upgrade this node, which leaves");
    assertThat(errors.get(0).getThrowableProxy()).isNull();
    assertThat(fenced.getCount()).isZero();
    assertThat(journal.persistedInStorage(JOURNAL)).hasSize(2);
  }

  @Test
  void tellsEachNodeTheEpochAndItsDuty() {
    awaitEpoch(1);
    assertThat(duty()).isNull();
    submit(RUN);
    NodeHost.Duty duty = awaitDuty();
    assertThat(duty.run()).isEqualTo(RUN);

    kit.stop(queue);
    queue = spawn();
    awaitEpoch(2);
    NodeHost.Duty after = awaitDuty();
    assertThat(after.run()).isEqualTo(RUN);
    assertThat(after.coordinator()).isNotEqualTo(duty.coordinator());
  }

  /** The journal refuses the elder's next write; a real one does by the sequence number. */
  @Test
  @Timeout(60)
  void anIncarnationThatFindsALaterEpochHasItsNodeLeave() throws InterruptedException {
    awaitEpoch(1);
    ActorRef<RunQueue.Command> later = spawn();
    TestProbe<ClusterStatus> statuses = kit.createTestProbe(ClusterStatus.class);
    do {
      later.tell(new RunQueue.GetStatus(statuses.ref()));
    } while (statuses.receiveMessage().epoch() < 2);

    journal.failNextPersisted(JOURNAL);
    queue.tell(new RunQueue.Submit(NEXT, client.ref()));
    fenced.await();
    client.expectTerminated(queue);
  }

  @Test
  void waitsForItsJournal() {
    kit.stop(queue);
    CompletableFuture<Done> away = new CompletableFuture<>();
    queue = kit.spawn(RunQueue.create(runs, system -> away, fenced::countDown));
    queue.tell(new RunQueue.Submit(RUN, client.ref()));
    journal.expectNothingPersisted("ApoCoordinator|run");
    away.complete(Done.done());
    assertThat(client.receiveMessage()).isEqualTo(new Accepted(RunStatus.of(Phase.RUNNING)));
  }

  /** What the queue logs as errors, which a node shows on its console. */
  private static List<ILoggingEvent> errorsWhile(Runnable action) {
    Logger logger = (Logger) LoggerFactory.getLogger(RunQueue.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.setAdditive(false);
    logger.setLevel(Level.ERROR);
    logger.addAppender(appender);
    try {
      action.run();
      return List.copyOf(appender.list);
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
  }

  private ActorRef<RunQueue.Command> spawn() {
    return kit.spawn(RunQueue.create(runs, RunQueueTest::ready, fenced::countDown));
  }

  private static CompletionStage<Done> ready(ActorSystem<?> system) {
    return CompletableFuture.completedFuture(Done.done());
  }

  private RunQueue.Reply submit(Submission run) {
    queue.tell(new RunQueue.Submit(run, client.ref()));
    return client.receiveMessage();
  }

  private RunQueue.Reply cancel(String id) {
    queue.tell(new RunQueue.Cancel(id, client.ref()));
    return client.receiveMessage();
  }

  private ClusterStatus status() {
    TestProbe<ClusterStatus> statuses = kit.createTestProbe(ClusterStatus.class);
    queue.tell(new RunQueue.GetStatus(statuses.ref()));
    return statuses.receiveMessage();
  }

  private Phase phase(Submission run) {
    return status().runs().stream()
        .filter(known -> known.submission().equals(run))
        .map(known -> known.status().phase())
        .findAny()
        .orElseThrow();
  }

  private void awaitPhase(Submission run, Phase wanted) {
    client.awaitAssert(
        PATIENCE,
        POLL,
        () -> {
          assertThat(phase(run)).isEqualTo(wanted);
          return null;
        });
  }

  private void awaitStatus(Submission run, RunStatus wanted) {
    client.awaitAssert(
        PATIENCE,
        POLL,
        () -> {
          assertThat(status().runs())
              .filteredOn(known -> known.submission().equals(run))
              .extracting(ClusterStatus.Run::status)
              .containsExactly(wanted);
          return null;
        });
  }

  private void awaitEpoch(long epoch) {
    client.awaitAssert(
        PATIENCE,
        POLL,
        () -> {
          assertThat(status().epoch()).isEqualTo(epoch);
          return null;
        });
  }

  private NodeHost.Duty duty() {
    queue.tell(new RunQueue.NodeOffered("node", ONE, node.ref()));
    return node.expectMessageClass(NodeHost.Serve.class).duty();
  }

  private NodeHost.Duty awaitDuty() {
    return client.awaitAssert(
        () -> {
          NodeHost.Duty duty = duty();
          assertThat(duty).isNotNull();
          return duty;
        });
  }
}

package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.FakeNode;
import dev.proxima.actors.fixtures.FakeWork;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.node.NodeSupervisor.ParametersPublished;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The test is the workers and the clock; the journal is in memory. */
class ApoCoordinatorTest {

  private static final Duration TIME_OUT = Duration.ofSeconds(30);
  private static final LeasePolicy POLICY = new LeasePolicy(TIME_OUT, 2);

  private static ActorTestKit kit;
  private static ManualTime clock;
  private static PersistenceTestKit journal;

  @TempDir Path folder;
  private String run;
  private ArtifactStore store;
  private RunSpec spec;
  private FakeWork work;
  private Work fineTune;
  private TestProbe<RunEvent> listener;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.manualTime());
    clock = ManualTime.get(kit.system());
    journal = PersistenceTestKit.create(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void prepare(TestInfo test) {
    run = test.getTestMethod().orElseThrow().getName();
    store = new FolderStore(folder);
    spec = Runs.sampled(store, 2);
    work = new FakeWork(store);
    fineTune = new Work.FineTune(spec.data().fineTuning());
    listener = kit.createTestProbe(RunEvent.class);
  }

  @Test
  void runsEveryWorkOfAllMethodsOnce() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = FakeNode.diligent(kit, "node", work);
    coordinator.tell(node.joined());

    List<RunEvent> events = eventsUntil(RunEvent.RunCompleted.class);

    List<Work> started = only(events, RunEvent.WorkStarted.class, RunEvent.WorkStarted::work);
    List<Work> completed = only(events, RunEvent.WorkCompleted.class, RunEvent.WorkCompleted::work);
    assertThat(started).doesNotHaveDuplicates();
    assertThat(completed).containsExactlyInAnyOrderElementsOf(started);
    assertThat(journal()).hasSize(1 + started.size()).first().isEqualTo(new RunStarted("f"));
    // Two replicas; the first iteration is the same for both methods.
    assertThat(started)
        .filteredOn(w -> w instanceof Work.TrainReplica train && train.iteration() == 1)
        .hasSize(2);
    assertThat(started)
        .filteredOn(w -> w instanceof Work.TrainReplica train && train.iteration() == 2)
        .hasSize(4);

    RunEvent.RunCompleted last = (RunEvent.RunCompleted) events.get(events.size() - 1);
    assertThat(last.iterations())
        .extracting(result -> result.method() + " " + result.iteration())
        .containsExactly("apo 0", "apo 1", "apo 2", "iterative 0", "iterative 1", "iterative 2");
    assertThat(only(events, RunEvent.IterationCompleted.class, RunEvent.IterationCompleted::result))
        .containsExactlyInAnyOrderElementsOf(last.iterations());
    listener.expectTerminated(coordinator);
  }

  @Test
  void remainingWorkCountsDownToNothing() {
    coordinator().tell(FakeNode.diligent(kit, "node", work).joined());
    List<RunEvent> events = eventsUntil(RunEvent.RunCompleted.class);
    List<Integer> left =
        only(
            events,
            RunEvent.WorkCompleted.class,
            event -> event.remaining().values().stream().mapToInt(Integer::intValue).sum());
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.get(i)).isEqualTo(left.size() - 1 - i);
    }
  }

  @Test
  void broadcastsEveryNewVersionOfTheParameters() {
    FakeNode node = FakeNode.diligent(kit, "node", work);
    coordinator().tell(node.joined());
    List<RunEvent> events = eventsUntil(RunEvent.RunCompleted.class);
    events.stream()
        .filter(RunEvent.WorkCompleted.class::isInstance)
        .map(RunEvent.WorkCompleted.class::cast)
        .filter(completed -> completed.work().makesParameters())
        .forEach(
            completed ->
                node.broadcasts()
                    .expectMessage(
                        new ParametersPublished(completed.output().artifact(), List.of())));
    node.broadcasts().expectNoMessage(Duration.ZERO);
  }

  @Test
  void nothingIsDoneBeforeANodeJoins() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    RunEvent.RunRecovered recovered = next(RunEvent.RunRecovered.class);
    assertThat(recovered.completed()).isZero();
    assertThat(recovered.iterations()).isEmpty();
    assertThat(recovered.remaining()).containsEntry("fine-tune", 1);
    coordinator.tell(FakeNode.silent(kit, "node").joined());
    assertThat(next(RunEvent.WorkStarted.class))
        .isEqualTo(
            new RunEvent.WorkStarted(fineTune, Set.of("apo", "iterative"), 0, "node/device"));
  }

  @Test
  void workOfASilentWorkerIsGivenToAnotherWhoseAnswerComesFirst() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode slow = joined(coordinator, "slow");
    Assignment late = slow.order();
    FakeNode quick = joined(coordinator, "quick");
    timeOut(late);
    assertThat(next(RunEvent.WorkRetried.class))
        .isEqualTo(new RunEvent.WorkRetried(fineTune, "slow/device", "no answer for 30 s"));

    Assignment again = quick.order();
    assertThat(again.work()).isEqualTo(late.work());
    assertThat(again.lease()).isNotEqualTo(late.lease());
    again.replyTo().tell(work.done(again));
    late.replyTo().tell(work.done(late));

    // Both devices are free again: they sample the first two shards of the next stage.
    assertThat(List.of(quick.order().work(), slow.order().work()))
        .doesNotHaveDuplicates()
        .allMatch(Work.SampleShard.class::isInstance);
    assertThat(journal()).hasSize(2);
  }

  @Test
  void theLateAnswerOfASilentWorkerCountsWhereItComesFirst() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode slow = joined(coordinator, "slow");
    Assignment late = slow.order();
    FakeNode quick = joined(coordinator, "quick");
    timeOut(late);
    Assignment again = quick.order();

    late.replyTo().tell(work.done(late));
    assertThat(slow.order().work()).isInstanceOf(Work.SampleShard.class);
    again.replyTo().tell(new WorkReply.Failed(again.lease(), again.work(), "too late", true));

    // A failure to do what is done already is nobody's concern.
    assertThat(quick.order().work()).isInstanceOf(Work.SampleShard.class);
    assertThat(journal()).hasSize(2);
  }

  @Test
  void theFirstResultCountsWhereTwoDiffer() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    Assignment order = node.order();
    WorkReply.Done first = work.done(order);
    order.replyTo().tell(first);
    order
        .replyTo()
        .tell(
            new WorkReply.Done(
                order.lease(), order.work(), work.output(new Work.AverageReplicas(List.of()))));
    progress(node.order());
    assertThat(journal()).containsExactly(new RunStarted("f"), completed(first));
  }

  @Test
  void anAnswerUnderAnUnknownLeaseIsAcceptedForOpenWork() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    Assignment order = node.order();
    WorkReply.Done orphan =
        new WorkReply.Done("of an earlier coordinator", order.work(), work.output(order.work()));
    order.replyTo().tell(orphan);
    eventsUntil(RunEvent.WorkCompleted.class);
    assertThat(journal()).containsExactly(new RunStarted("f"), completed(orphan));
    order.replyTo().tell(work.done(order));
    assertThat(node.order().work()).isInstanceOf(Work.SampleShard.class);
    assertThat(journal()).hasSize(2);
  }

  @Test
  void signsOfLifeRenewALease() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    Assignment order = node.order();
    StepMetrics step = new StepMetrics(0, 0, 1, 3, new TreeMap<>());
    for (int i = 0; i < 3; i++) {
      progress(order);
      clock.timePasses(TIME_OUT.minusSeconds(1));
      order.replyTo().tell(new WorkReply.Stepped(order.lease(), step));
      assertThat(next(RunEvent.StepTrained.class))
          .isEqualTo(new RunEvent.StepTrained(fineTune, Set.of("apo", "iterative"), step));
      clock.timePasses(TIME_OUT.minusSeconds(1));
    }
    order.replyTo().tell(work.done(order));
    next(RunEvent.WorkCompleted.class);
  }

  /** The first held-out shard took 2 s, so the second is overdue after 10 s, the floor. */
  @Test
  void aSlowShardIsTakenOverByWhoHasNothingElseToDo() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode slow = joined(coordinator, "slow");
    Assignment order = slow.order();
    order.replyTo().tell(work.done(order));
    Assignment measured = slow.order();
    clock.timePasses(Duration.ofSeconds(2));
    measured.replyTo().tell(work.done(measured));
    Assignment late = slow.order();
    assertThat(late.work()).isInstanceOf(Work.SampleShard.class).isNotEqualTo(measured.work());

    // Before the quick one joins, whose answers would else be measured while time passes.
    clock.timePasses(Duration.ofSeconds(10));
    coordinator.tell(FakeNode.diligent(kit, "quick", work).joined());
    assertThat(next(RunEvent.WorkRetried.class))
        .isEqualTo(new RunEvent.WorkRetried(late.work(), "slow/device", "no answer for 10 s"));
    RunEvent.WorkStarted again = next(RunEvent.WorkStarted.class);
    assertThat(again.work()).isEqualTo(late.work());
    assertThat(again.worker()).isEqualTo("quick/device");
    while (!next(RunEvent.WorkCompleted.class).work().equals(late.work())) {}

    late.replyTo().tell(work.done(late));
    kit.stop(slow.supervisor());
    eventsUntil(RunEvent.RunCompleted.class);
    assertThat(journal())
        .filteredOn(e -> e instanceof WorkCompleted done && done.work().equals(late.work()))
        .hasSize(1);
  }

  @Test
  void nodesMayComeAndGoInTheMiddleOfARun() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    for (int i = 0; i < 4; i++) {
      FakeNode passing = FakeNode.diligent(kit, "passing " + i, work);
      FakeNode hanging = FakeNode.silent(kit, "hanging " + i);
      coordinator.tell(passing.joined());
      coordinator.tell(hanging.joined());
      next(RunEvent.WorkCompleted.class);
      kit.stop(passing.supervisor());
      kit.stop(hanging.supervisor());
    }
    coordinator.tell(FakeNode.diligent(kit, "staying", work).joined());
    assertThat(
            ((RunEvent.RunCompleted) lastOf(eventsUntil(RunEvent.RunCompleted.class))).iterations())
        .hasSize(6);
    assertThat(journal()).doesNotHaveDuplicates();
  }

  @Test
  void answersThatComeTogetherAreJournalledInTheOrderTheyCame() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    next(RunEvent.RunRecovered.class);
    List<FakeNode> nodes =
        List.of(joined(coordinator, "a"), joined(coordinator, "b"), joined(coordinator, "c"));
    Assignment first = nodes.get(0).order();
    first.replyTo().tell(work.done(first));
    next(RunEvent.WorkCompleted.class);
    List<Assignment> orders = nodes.stream().map(FakeNode::order).toList();
    List<WorkReply.Done> answers = orders.stream().map(work::done).toList();
    for (int i = 0; i < orders.size(); i++) {
      orders.get(i).replyTo().tell(answers.get(i));
    }
    for (WorkReply.Done answer : answers) {
      assertThat(next(RunEvent.WorkCompleted.class).work()).isEqualTo(answer.work());
    }
    assertThat(journal().subList(2, 5))
        .isEqualTo(answers.stream().map(ApoCoordinatorTest::completed).toList());
  }

  @Test
  void progressRenewsALease() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    Assignment order = joined(coordinator, "node").order();
    for (int i = 1; i < 4; i++) {
      clock.timePasses(TIME_OUT.minusSeconds(1));
      order.replyTo().tell(new WorkReply.Progressed(order.lease()));
      // Other work, done elsewhere: when it is heard of, so is the progress.
      Work other = new Work.TrainReplica(spec.data().tokenizer(), List.of(), i, 0);
      order
          .replyTo()
          .tell(new WorkReply.Done("of an earlier coordinator", other, work.output(other)));
      eventsUntil(RunEvent.WorkCompleted.class);
    }
    clock.timePasses(TIME_OUT.minusSeconds(1));
    order.replyTo().tell(work.done(order));
    assertThat(eventsUntil(RunEvent.WorkCompleted.class))
        .noneMatch(RunEvent.WorkRetried.class::isInstance);
  }

  @Test
  void failedWorkIsTriedAgainAndThenFailsTheRun() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    fail(node.order(), "out of luck", false);
    assertThat(eventsUntil(RunEvent.WorkRetried.class))
        .last()
        .isEqualTo(new RunEvent.WorkRetried(fineTune, "node/device", "out of luck"));
    fail(node.order(), "out of luck again", false);
    assertThat(eventsUntil(RunEvent.RunFailed.class))
        .last()
        .isEqualTo(new RunEvent.RunFailed("out of luck again", false));
    listener.expectTerminated(coordinator);
  }

  @Test
  void aFailureThatNobodyCanMendByTryingFailsTheRunAtOnce() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    fail(node.order(), "the file is damaged", true);
    assertThat(eventsUntil(RunEvent.RunFailed.class))
        .last()
        .isEqualTo(new RunEvent.RunFailed("the file is damaged", true));
    listener.expectTerminated(coordinator);
  }

  @Test
  void aWorkerWithoutRoomRestsAndTheRunWaitsHoweverOften() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    // More often than a work may fail.
    for (int i = 0; i < 2 * POLICY.attempts(); i++) {
      noRoom(node.order());
      assertThat(next(RunEvent.WorkWaits.class))
          .isEqualTo(new RunEvent.WorkWaits(fineTune, "node/device", "/disk is full"));
      clock.timePasses(RoomShortage.REST.minusSeconds(1));
      listener.expectNoMessage(Duration.ZERO);
      clock.timePasses(Duration.ofSeconds(1));
    }
    Assignment order = node.order();
    order.replyTo().tell(work.done(order));
    assertThat(eventsUntil(RunEvent.RoomFound.class))
        .noneMatch(RunEvent.WorkRetried.class::isInstance);
    next(RunEvent.WorkCompleted.class);
  }

  @Test
  void anotherWorkerWithRoomTakesTheWork() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode full = joined(coordinator, "full");
    Assignment order = full.order();
    FakeNode roomy = joined(coordinator, "roomy");
    noRoom(order);
    Assignment again = roomy.order();
    assertThat(again.work()).isEqualTo(fineTune);
    again.replyTo().tell(work.done(again));
    next(RunEvent.WorkCompleted.class);
    kit.stop(full.supervisor());
    next(RunEvent.RoomFound.class);
  }

  @Test
  void theRunFailsWhereTheOnlyWorkerIsSilent() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = joined(coordinator, "node");
    timeOut(node.order());
    assertThat(eventsUntil(RunEvent.RunFailed.class))
        .last()
        .isEqualTo(
            new RunEvent.RunFailed(
                "node/device gave no answer for 30 s and no other worker is left", false));
    listener.expectTerminated(coordinator);
  }

  @Test
  void theWorkOfANodeThatLeavesIsGivenToAnother() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode leaving = joined(coordinator, "leaving");
    Assignment lost = leaving.order();
    FakeNode staying = joined(coordinator, "staying");
    kit.stop(leaving.supervisor());
    assertThat(staying.order().work()).isEqualTo(lost.work());
  }

  @Test
  void aNodeThatStartsAnewUnderItsNameTakesTheOldOnesPlace() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode old = joined(coordinator, "node");
    Assignment lost = old.order();
    FakeNode fresh = joined(coordinator, "node");
    Assignment again = fresh.order();
    assertThat(again.work()).isEqualTo(lost.work());

    // That the old one ends says nothing about the new one, whose own end is noticed.
    kit.stop(old.supervisor());
    again.replyTo().tell(work.done(again));
    lost = fresh.order();
    kit.stop(fresh.supervisor());
    FakeNode other = joined(coordinator, "other");
    again = other.order();
    while (!again.work().equals(lost.work())) {
      again.replyTo().tell(work.done(again));
      again = other.order();
    }
  }

  @Test
  void afterARestartOnlyWhatIsMissingIsDone() {
    ActorRef<ApoCoordinator.Command> first = coordinator();
    FakeNode node = joined(first, "node");
    for (int i = 0; i < 25; i++) {
      Assignment order = node.order();
      order.replyTo().tell(work.done(order));
      next(RunEvent.WorkCompleted.class);
    }
    kit.stop(first);

    listener = kit.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> second = coordinator();
    RunEvent.RunRecovered recovered = next(RunEvent.RunRecovered.class);
    // Its own parameter actor may have done a little more before the first was stopped.
    assertThat(recovered.completed()).isGreaterThanOrEqualTo(25);
    List<CoordinatorEvent> half = journal().subList(0, 1 + recovered.completed());
    List<Work> done = half.stream().skip(1).map(e -> ((WorkCompleted) e).work()).toList();
    assertThat(recovered.iterations()).extracting(IterationResult::iteration).contains(0);
    second.tell(FakeNode.diligent(kit, "node", work).joined());
    List<RunEvent> after = eventsUntil(RunEvent.RunCompleted.class);

    List<Work> started = only(after, RunEvent.WorkStarted.class, RunEvent.WorkStarted::work);
    assertThat(started).doesNotHaveDuplicates().doesNotContainAnyElementsOf(done);
    assertThat(started)
        .hasSize(recovered.remaining().values().stream().mapToInt(Integer::intValue).sum());
    assertThat(journal())
        .startsWith(half.toArray(CoordinatorEvent[]::new))
        .hasSize(1 + done.size() + started.size());
    // What was announced before is not announced again.
    assertThat(only(after, RunEvent.IterationCompleted.class, RunEvent.IterationCompleted::result))
        .doesNotContainAnyElementsOf(recovered.iterations())
        .hasSize(6 - recovered.iterations().size());
  }

  @Test
  void aCompleteRunIsCompleteAtOnceAndIgnoresLateAnswers() {
    coordinator().tell(FakeNode.diligent(kit, "node", work).joined());
    RunEvent.RunCompleted completed =
        (RunEvent.RunCompleted) lastOf(eventsUntil(RunEvent.RunCompleted.class));
    List<CoordinatorEvent> all = journal();

    listener = kit.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> again = coordinator();
    assertThat(next(RunEvent.RunRecovered.class).remaining()).isEmpty();
    assertThat(next(RunEvent.RunCompleted.class)).isEqualTo(completed);
    listener.expectTerminated(again);
    listener.expectNoMessage(Duration.ZERO);
    assertThat(journal()).isEqualTo(all);
  }

  @Test
  void aDuplicateOfTheLastAnswerCompletesTheRunOnce() {
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    FakeNode node = FakeNode.stuttering(kit, "node", work);
    coordinator.tell(node.joined());
    List<RunEvent> events = eventsUntil(RunEvent.RunCompleted.class);
    listener.expectTerminated(coordinator);
    listener.expectNoMessage(Duration.ZERO);
    assertThat(only(events, RunEvent.WorkCompleted.class, RunEvent.WorkCompleted::work))
        .doesNotHaveDuplicates();
    assertThat(journal()).doesNotHaveDuplicates();
  }

  @Test
  void theJournalOfAnotherRunIsRefused() {
    ActorRef<ApoCoordinator.Command> first = coordinator();
    next(RunEvent.RunRecovered.class);
    kit.stop(first);
    ActorRef<ApoCoordinator.Command> other =
        kit.spawn(
            ApoCoordinator.create(run, "other", spec, store, POLICY, listener.ref(), 0, null));
    assertThat(next(RunEvent.RunFailed.class))
        .isEqualTo(
            new RunEvent.RunFailed(
                "the run's journal belongs to other data or settings; choose another folder by --out",
                true));
    listener.expectTerminated(other);
    assertThat(journal()).containsExactly(new RunStarted("f"));
  }

  @Test
  void aJournalThatCannotBeReadEndsTheCoordinator() {
    journal.failNextNReads("ApoCoordinator|" + run, 7);
    ActorRef<ApoCoordinator.Command> coordinator = coordinator();
    boolean ended = false;
    for (int i = 0; i < 100 && !ended; i++) {
      clock.timePasses(Duration.ofSeconds(12));
      ended = ends(coordinator);
    }
    assertThat(ended).isTrue();
  }

  private boolean ends(ActorRef<ApoCoordinator.Command> coordinator) {
    try {
      listener.expectTerminated(coordinator, Duration.ofMillis(50));
      return true;
    } catch (AssertionError notYet) {
      return false;
    }
  }

  private ActorRef<ApoCoordinator.Command> coordinator() {
    return kit.spawn(ApoCoordinator.create(run, "f", spec, store, POLICY, listener.ref(), 0, null));
  }

  private FakeNode joined(ActorRef<ApoCoordinator.Command> coordinator, String name) {
    FakeNode node = FakeNode.silent(kit, name);
    coordinator.tell(node.joined());
    return node;
  }

  private static void fail(Assignment order, String reason, boolean permanent) {
    order.replyTo().tell(new WorkReply.Failed(order.lease(), order.work(), reason, permanent));
  }

  private static void noRoom(Assignment order) {
    order.replyTo().tell(new WorkReply.NoRoom(order.lease(), order.work(), "/disk is full"));
  }

  /** Lets the lease expire; the progress makes sure that its timer runs already. */
  private void timeOut(Assignment order) {
    progress(order);
    clock.timePasses(TIME_OUT);
  }

  private void progress(Assignment order) {
    StepMetrics step = new StepMetrics(0, 0, 1, 2, new TreeMap<>());
    order.replyTo().tell(new WorkReply.Stepped(order.lease(), step));
    RunEvent.StepTrained trained = next(RunEvent.StepTrained.class);
    assertThat(trained.work()).isEqualTo(order.work());
    assertThat(trained.metrics()).isEqualTo(step);
  }

  private static WorkCompleted completed(WorkReply.Done done) {
    return new WorkCompleted(done.work(), done.output());
  }

  private List<CoordinatorEvent> journal() {
    return journal.persistedInStorage("ApoCoordinator|" + run).stream()
        .map(CoordinatorEvent.class::cast)
        .toList();
  }

  private List<RunEvent> eventsUntil(Class<? extends RunEvent> last) {
    List<RunEvent> events = new ArrayList<>();
    do {
      events.add(listener.receiveMessage());
    } while (!last.isInstance(lastOf(events)));
    return events;
  }

  /** The next event of a kind; what comes before is skipped. */
  private <E extends RunEvent> E next(Class<E> kind) {
    return kind.cast(lastOf(eventsUntil(kind)));
  }

  private static <E> E lastOf(List<E> list) {
    return list.get(list.size() - 1);
  }

  private static <E extends RunEvent, T> List<T> only(
      List<RunEvent> events, Class<E> kind, Function<E, T> value) {
    return events.stream().filter(kind::isInstance).map(kind::cast).map(value).toList();
  }
}

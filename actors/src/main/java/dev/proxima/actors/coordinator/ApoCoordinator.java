package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.coordinator.CoordinatorEvent.EpochBegan;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.coordinator.Leases.Lease;
import dev.proxima.actors.coordinator.RunPlan.Need;
import dev.proxima.actors.coordinator.RunPlan.Outlook;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * Runs Algorithm 1 for every method of a run: leases the work that {@link RunPlan} says is ready to
 * the slots that nodes offer, journals each result once, has the parameters averaged and
 * extrapolated, broadcasts new versions to the nodes, and tells a listener how it goes.
 * Event-sourced: after a crash it replays its journal and goes on with what is missing. The first
 * valid result of a work counts; duplicates and late results are harmless, so workers without other
 * work take over what has been out for longer than usual ({@link SilenceLimits}). On a full disk
 * the run waits for room, however long that takes.
 */
public final class ApoCoordinator
    extends EventSourcedBehavior<ApoCoordinator.Command, CoordinatorEvent, RunState> {

  public sealed interface Command extends CborSerializable {}

  /**
   * A node offers its slots; sent again and again, so that a restarted coordinator learns of it.
   *
   * @param dataPlane where the node serves parameters to others; null where it reads the store
   */
  public record NodeJoined(
      String node,
      List<WorkerSlot> slots,
      ActorRef<NodeSupervisor.Command> supervisor,
      DataPlaneAddress dataPlane)
      implements Command {

    /** A node that reads the store. */
    public NodeJoined(
        String node, List<WorkerSlot> slots, ActorRef<NodeSupervisor.Command> supervisor) {
      this(node, slots, supervisor, null);
    }
  }

  private record NodeLeft(String node, ActorRef<NodeSupervisor.Command> supervisor)
      implements Command {}

  private record Begin() implements Command {}

  private record Replied(WorkReply reply) implements Command {}

  private record Tick() implements Command {}

  /** There are answers that are not in the journal yet. */
  private record Journalise() implements Command {}

  private record Finished() implements Command {}

  private static final String OWN_SLOTS = "coordinator";
  private static final Duration TICK = Duration.ofSeconds(1);

  /** The journal is read again in the same instance, whose children and leases go on. */
  private static final BackoffSupervisorStrategy JOURNAL_TROUBLE =
      SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2)
          .withStopChildren(false)
          .withMaxRestarts(6)
          .withResetBackoffAfter(Duration.ofMinutes(1));

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final String fingerprint;
  private final RunPlan plan;
  private final LeasePolicy policy;
  private final ActorRef<RunEvent> listener;
  private final long epoch;
  private final ActorRef<WorkReply> replies;
  private final Leases leases = new Leases();
  private final Nodes nodes;
  private final SilenceLimits limits;
  private final RoomShortage shortage = new RoomShortage();
  private final Map<Work, Integer> failures = new HashMap<>();
  private final Set<IterationResult> announced = new HashSet<>();
  private final Map<WorkerSlot.Kind, Deque<Work>> waiting = new EnumMap<>(WorkerSlot.Kind.class);
  private final Map<Work, Output> answers = new LinkedHashMap<>();
  private Outlook outlook;
  private SortedMap<String, Integer> remaining = new TreeMap<>();

  /** In ticks: while this process is paused it hears nobody, which is no worker's silence. */
  private Duration awake = Duration.ZERO;

  /**
   * @param runId names the journal
   * @param fingerprint of {@code spec}; a journal of another run is refused
   * @param epoch above that of every incarnation before it on any node, or 0 where there is but one
   *     process; a coordinator whose journal holds a later one stops
   * @param dataPlane where this node serves parameters; null where nodes read the store
   */
  public static Behavior<Command> create(
      String runId,
      String fingerprint,
      RunSpec spec,
      ArtifactStore store,
      LeasePolicy policy,
      ActorRef<RunEvent> listener,
      long epoch,
      DataPlaneAddress dataPlane) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new ApoCoordinator(
                        context,
                        timers,
                        runId,
                        fingerprint,
                        spec,
                        store,
                        policy,
                        listener,
                        epoch,
                        dataPlane)));
  }

  private ApoCoordinator(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String runId,
      String fingerprint,
      RunSpec spec,
      ArtifactStore store,
      LeasePolicy policy,
      ActorRef<RunEvent> listener,
      long epoch,
      DataPlaneAddress dataPlane) {
    super(PersistenceId.of("ApoCoordinator", runId), JOURNAL_TROUBLE);
    this.context = context;
    this.timers = timers;
    this.fingerprint = fingerprint;
    this.plan = new RunPlan(spec);
    this.policy = policy;
    this.limits = new SilenceLimits(policy.timeOut());
    this.listener = listener;
    this.epoch = epoch;
    this.nodes = new Nodes(dataPlane);
    this.replies = context.messageAdapter(WorkReply.class, Replied::new);
    ActorRef<ParameterActor.Command> parameters =
        context.spawn(
            Behaviors.supervise(ParameterActor.create(store))
                .onFailure(SupervisorStrategy.restart()),
            "parameters",
            DispatcherSelector.fromConfig("proxima.io-dispatcher"));
    leases.join(OWN_SLOTS, List.of(new WorkerSlot.Parameters("coordinator", parameters)));
  }

  @Override
  public RunState emptyState() {
    return new RunState();
  }

  @Override
  public EventHandler<RunState, CoordinatorEvent> eventHandler() {
    return RunState::apply;
  }

  @Override
  public SignalHandler<RunState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), state -> context.getSelf().tell(new Begin()))
        .build();
  }

  @Override
  public CommandHandler<Command, CoordinatorEvent, RunState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Begin.class, this::onBegin)
        .onCommand(NodeJoined.class, this::onNodeJoined)
        .onCommand(NodeLeft.class, this::onNodeLeft)
        .onCommand(Replied.class, this::onReplied)
        .onCommand(Tick.class, this::onTick)
        .onCommand(Journalise.class, this::onJournalise)
        .onCommand(Finished.class, this::onFinished)
        .build();
  }

  private Effect<CoordinatorEvent, RunState> onBegin(RunState state, Begin begin) {
    if (state.version() > JournalVersion.CURRENT) {
      return fail(
          "the run's journal has version %d and this Proxima reads up to %d; go on with a newer one"
              .formatted(state.version(), JournalVersion.CURRENT),
          true);
    }
    if (state.fingerprint() == null) {
      return Effect()
          .persist(new RunStarted(fingerprint))
          .thenRun(started -> context.getSelf().tell(new Begin()));
    }
    if (!state.fingerprint().equals(fingerprint)) {
      return fail(
          "the run's journal belongs to other data or settings; choose another folder by --out",
          true);
    }
    if (state.epoch() > epoch) {
      context.getLog().warn("epoch {} has begun elsewhere", state.epoch());
      return Effect().stop();
    }
    if (state.epoch() < epoch) {
      return Effect()
          .persist(new EpochBegan(epoch))
          .thenRun(this::announceStart)
          .thenRun(this::leaseReadyWork);
    }
    announceStart(state);
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> onFinished(RunState state, Finished finished) {
    return Effect().stop();
  }

  private Effect<CoordinatorEvent, RunState> onNodeJoined(RunState state, NodeJoined joined) {
    if (nodes.join(joined)) {
      forget(joined.node());
      context.watchWith(joined.supervisor(), new NodeLeft(joined.node(), joined.supervisor()));
    }
    return leases.join(joined.node(), joined.slots()) ? again() : Effect().none();
  }

  private Effect<CoordinatorEvent, RunState> onNodeLeft(RunState state, NodeLeft left) {
    if (nodes.leave(left.node(), left.supervisor())) {
      forget(left.node());
    }
    return again();
  }

  private void forget(String node) {
    leases.slots(node).forEach(this::endShortage);
    for (Lease lost : leases.leave(node)) {
      limits.forget(lost.id());
      abandonRing(lost);
    }
  }

  /** Where a gang of a ring is gone, the others must not wait for it. */
  private void abandonRing(Lease lost) {
    lost.ring()
        .ifPresent(
            ring -> {
              leases.keepTogether(lost.work());
              leases.ring(ring).forEach(lease -> nodes.abandon(ring, lease.slot()));
            });
  }

  private Effect<CoordinatorEvent, RunState> onReplied(RunState state, Replied replied) {
    WorkReply reply = replied.reply();
    if (reply instanceof WorkReply.Done done) {
      return onDone(state, done);
    } else if (reply instanceof WorkReply.Failed failed) {
      return onFailed(state, failed);
    } else if (reply instanceof WorkReply.NoRoom noRoom) {
      return onNoRoom(noRoom);
    } else if (reply instanceof WorkReply.Helped) {
      leases.release(reply.lease());
      return advance();
    } else if (reply instanceof WorkReply.Deserted deserted) {
      return onDeserted(state, deserted);
    }
    limits.heard(reply.lease(), awake);
    leases.live(reply.lease()).ifPresent(lease -> onSignOfLife(lease, reply));
    return Effect().none();
  }

  /** Where two are at the same training, the steps of the later one are told. */
  private void onSignOfLife(Lease lease, WorkReply sign) {
    leases.renew(lease);
    if (sign instanceof WorkReply.Stepped stepped
        && leases.holder(lease.work()).equals(Optional.of(lease))) {
      Set<String> methods = outlook.needs().get(lease.work()).methods();
      listener.tell(new RunEvent.StepTrained(lease.work(), methods, stepped.metrics()));
    }
  }

  /**
   * The slot goes on at once with what is known to be ready. The answers that have come in until
   * then are journalled together, and the plan is asked once what follows from them: it walks
   * through the whole run, which takes too long for each of many.
   */
  private Effect<CoordinatorEvent, RunState> onDone(RunState state, WorkReply.Done done) {
    limits.completed(done.lease(), awake);
    leases.release(done.lease()).ifPresent(lease -> endShortage(lease.slot()));
    if (!state.isDone(done.work())) {
      if (answers.isEmpty()) {
        context.getSelf().tell(new Journalise());
      }
      answers.putIfAbsent(done.work(), done.output());
    }
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> onJournalise(RunState state, Journalise journalise) {
    if (state.epoch() > epoch) {
      // After the journal was read again; Begin is on its way and ends this coordinator.
      return Effect().none();
    }
    List<WorkCompleted> completed = new ArrayList<>();
    answers.forEach((work, output) -> completed.add(new WorkCompleted(work, output)));
    answers.clear();
    return Effect()
        .persist(List.<CoordinatorEvent>copyOf(completed))
        .thenRun(after -> announceCompletion(after, completed))
        .thenRun(this::leaseReadyWork);
  }

  private Effect<CoordinatorEvent, RunState> onFailed(RunState state, WorkReply.Failed failed) {
    Optional<Lease> lease = leases.live(failed.lease());
    limits.forget(failed.lease());
    leases.release(failed.lease()).ifPresent(this::abandonRing);
    if (lease.isEmpty() || isDone(state, failed.work())) {
      return advance();
    }
    int attempts = failures.merge(failed.work(), 1, Integer::sum);
    if (failed.permanent() || attempts >= policy.attempts()) {
      return fail(failed.reason(), failed.permanent());
    }
    retry(lease.get(), failed.reason());
    return again();
  }

  private Effect<CoordinatorEvent, RunState> onDeserted(
      RunState state, WorkReply.Deserted deserted) {
    Optional<Lease> lease = leases.live(deserted.lease());
    limits.forget(deserted.lease());
    leases.release(deserted.lease()).ifPresent(this::abandonRing);
    lease
        .filter(live -> !isDone(state, live.work()))
        .ifPresent(live -> retry(live, deserted.reason()));
    return again();
  }

  /** The slot stays occupied while it rests; another may have room for the work. */
  private Effect<CoordinatorEvent, RunState> onNoRoom(WorkReply.NoRoom noRoom) {
    limits.forget(noRoom.lease());
    leases.expire(noRoom.lease());
    leases.unanswered(noRoom.lease()).ifPresent(lease -> rest(lease, noRoom.reason()));
    return again();
  }

  private void rest(Lease lease, String reason) {
    abandonRing(lease);
    shortage.begin(lease, awake);
    context.getLog().warn("{} on {} waits: {}", lease.work(), lease.slot().name(), reason);
    listener.tell(new RunEvent.WorkWaits(lease.work(), lease.slot().name(), reason));
  }

  private void endShortage(WorkerSlot slot) {
    if (shortage.end(slot)) {
      listener.tell(new RunEvent.RoomFound());
    }
  }

  private Effect<CoordinatorEvent, RunState> onTick(RunState state, Tick tick) {
    awake = awake.plus(TICK);
    List<String> rested = shortage.rested(awake);
    if (!rested.isEmpty()) {
      rested.forEach(leases::release);
      queueReadyWork();
    }
    for (Lease lease : leases.live()) {
      Duration silence = limits.silence(lease.id(), awake);
      if (silence.compareTo(policy.timeOut()) >= 0) {
        leases.expire(lease.id());
        abandonRing(lease);
        boolean othersAnswer = lease.ring().isPresent() || shortage.lasts();
        if (!leases.hasResponsiveSlot(lease.work()) && !othersAnswer) {
          String reason = "%s gave %s and no other worker is left";
          return fail(reason.formatted(lease.slot().name(), noAnswerFor(silence)), false);
        }
        if (!leases.isLeased(lease.work()) && !isDone(state, lease.work())) {
          retry(lease, noAnswerFor(silence));
          queue(lease.work());
        }
      } else if (silence.compareTo(limits.of(lease.work())) >= 0 && leases.overdue(lease)) {
        queue(lease.work());
      }
    }
    return advance();
  }

  private String silence(Lease lease) {
    return noAnswerFor(limits.silence(lease.id(), awake));
  }

  private static String noAnswerFor(Duration duration) {
    return "no answer for " + duration.toSeconds() + " s";
  }

  private Effect<CoordinatorEvent, RunState> fail(String reason, boolean mendable) {
    listener.tell(new RunEvent.RunFailed(reason, mendable));
    return Effect().stop();
  }

  private Effect<CoordinatorEvent, RunState> advance() {
    return Effect().none().thenRun(this::leaseReadyWork);
  }

  /** Works may have lost their leases, or there are others: all that are ready are gone through. */
  private Effect<CoordinatorEvent, RunState> again() {
    queueReadyWork();
    return advance();
  }

  /** What nobody is at comes first, then what somebody may need help with. */
  private void queueReadyWork() {
    for (WorkerSlot.Kind kind : WorkerSlot.Kind.values()) {
      waiting.put(kind, new ArrayDeque<>());
    }
    List<Work> ready = outlook == null ? List.of() : outlook.ready();
    ready.stream().filter(work -> leases.holder(work).isEmpty()).forEach(this::queue);
    ready.stream().filter(leases::isOverdue).forEach(this::queue);
  }

  private void queue(Work work) {
    waiting.get(WorkerSlot.Kind.of(work)).add(work);
  }

  private void leaseReadyWork(RunState state) {
    waiting.forEach(
        (kind, works) -> {
          while (leases.hasFree(kind) && !works.isEmpty()) {
            Work work = works.poll();
            if (!isDone(state, work) && !leases.isLeased(work)) {
              leases.holder(work).ifPresent(overdue -> retry(overdue, silence(overdue)));
              leases.grant(work).ifPresent(this::assign);
            }
          }
        });
  }

  private boolean isDone(RunState state, Work work) {
    return state.isDone(work) || answers.containsKey(work);
  }

  private void assign(Lease lease) {
    Need need = outlook.needs().get(lease.work());
    listener.tell(
        new RunEvent.WorkStarted(
            lease.work(), need.methods(), need.iteration(), lease.slot().name()));
    lease.slot().assign(lease.id(), lease.work(), replies);
    limits.ordered(lease.id(), lease.work(), awake);
  }

  private void retry(Lease lease, String reason) {
    context.getLog().warn("{} on {}: {}", lease.work(), lease.slot().name(), reason);
    listener.tell(new RunEvent.WorkRetried(lease.work(), lease.slot().name(), reason));
  }

  private void announceStart(RunState state) {
    if (!answers.isEmpty()) {
      context.getSelf().tell(new Journalise());
    }
    timers.startTimerWithFixedDelay(new Tick(), TICK);
    outlook = plan.outlook(state.outputs());
    queueReadyWork();
    announced.addAll(outlook.iterations());
    remaining = plan.remaining(state.outputs());
    listener.tell(
        new RunEvent.RunRecovered(
            outlook.iterations(), trainings(state), state.outputs().size(), copy(remaining)));
    finishIfComplete();
  }

  private List<RunEvent.Training> trainings(RunState state) {
    List<RunEvent.Training> trainings = new ArrayList<>();
    outlook
        .needs()
        .forEach(
            (work, need) -> {
              Output output = state.outputs().get(work);
              if (output != null && output.log() != null) {
                trainings.add(new RunEvent.Training(need.methods(), output.log()));
              }
            });
    return trainings;
  }

  private void announceCompletion(RunState state, List<WorkCompleted> completed) {
    recount(state, completed);
    for (WorkCompleted each : completed) {
      remaining.computeIfPresent(each.work().kind(), (kind, count) -> count > 1 ? count - 1 : null);
      listener.tell(new RunEvent.WorkCompleted(each.work(), each.output(), copy(remaining)));
      // Only one worker goes on with a training.
      if (each.work().makesParameters() && each.output().rest() == null) {
        nodes.publish(each.output().artifact());
      }
    }
    outlook = plan.outlook(state.outputs());
    queueReadyWork();
    for (IterationResult result : outlook.iterations()) {
      if (announced.add(result)) {
        listener.tell(new RunEvent.IterationCompleted(result));
      }
    }
    finishIfComplete();
  }

  /**
   * What is left to do from before {@code completed}, where it may be something else by now: what
   * follows from parameters may hang on the result, while a shard is just one less to do.
   */
  private void recount(RunState state, List<WorkCompleted> completed) {
    if (completed.stream()
        .map(WorkCompleted::work)
        .anyMatch(work -> work.makesParameters() || work instanceof Work.OnParameters)) {
      remaining = plan.remaining(state.outputs());
      completed.forEach(each -> remaining.merge(each.work().kind(), 1, Integer::sum));
    }
  }

  private static SortedMap<String, Integer> copy(SortedMap<String, Integer> counts) {
    return new TreeMap<>(counts);
  }

  private void finishIfComplete() {
    if (outlook.ready().isEmpty()) {
      listener.tell(new RunEvent.RunCompleted(outlook.iterations()));
      context.getSelf().tell(new Finished());
    }
  }
}

package dev.proxima.actors.cluster;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.artifacts.NoRoomException;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.RunHost.Cause;
import dev.proxima.actors.cluster.RunHost.Ending;
import dev.proxima.actors.cluster.RunHost.Led;
import dev.proxima.actors.cluster.RunQueueEvent.EpochBegan;
import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import dev.proxima.actors.cluster.RunQueueEvent.RunEnded;
import dev.proxima.actors.cluster.RunQueueEvent.RunSubmitted;
import dev.proxima.actors.cluster.RunStatus.Phase;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
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
 * The cluster's queue of runs, a cluster singleton: leads one run after another by its {@link
 * ApoCoordinator} and tells every node that asks which run to serve. Event-sourced: wherever the
 * singleton starts again it goes on.
 *
 * <p>Each incarnation begins an epoch by an event. Where two are alive at once, as after a pause of
 * a whole process, the journal takes each sequence number only once: the write of the elder fails,
 * it replays the journal, finds the later epoch and has its node leave. Nodes heed the latest epoch
 * alone.
 */
public final class RunQueue
    extends EventSourcedBehavior<RunQueue.Command, RunQueueEvent, RunQueueState> {

  public sealed interface Command extends CborSerializable {}

  /** Queue a run; one that has failed or was cancelled goes on. */
  public record Submit(Submission run, ActorRef<Reply> replyTo) implements Command {}

  /** Stop a run where it is, or take it out of the queue. */
  public record Cancel(String id, ActorRef<Reply> replyTo) implements Command {}

  public record GetStatus(ActorRef<ClusterStatus> replyTo) implements Command {}

  /** A node can work; said again and again. */
  public record NodeOffered(
      String node, List<ComputeDevice> devices, ActorRef<NodeHost.Command> host)
      implements Command {}

  /** The answer to a client. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "reply")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = Refused.class, name = "refused"),
  })
  public sealed interface Reply extends CborSerializable {}

  public record Accepted(RunStatus status) implements Reply {}

  /**
   * @param reason one line
   */
  public record Refused(String reason) implements Reply {}

  /** The journal is ready, or why it is not. */
  record JournalTried(String failure) implements Command {}

  private record Begin() implements Command {}

  private record NodeLeft(String node, ActorRef<NodeHost.Command> host) implements Command {}

  private record Opened(String id, Led led, Throwable failure) implements Command {}

  private record Observed(String id, RunEvent event) implements Command {}

  private record CoordinatorStopped(ActorRef<ApoCoordinator.Command> coordinator)
      implements Command {}

  private record LeadEnded(String id, Ending ending) implements Command {}

  private record Collected(Reclaimed reclaimed, Throwable failure) implements Command {}

  /** Until {@link Begin}, which comes after what was told before the journal was read. */
  private static final String TOO_OLD = "%s is too old for the cluster's journal; upgrade it";

  private static final Duration LEAD_AGAIN = Duration.ofSeconds(2);
  private static final Duration LOOK_FOR_ROOM_AGAIN = Duration.ofSeconds(10);
  private static final BackoffSupervisorStrategy TROUBLE =
      SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2);

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final RunHost host;
  private final AtomicLong latestEpoch;
  private final Runnable leave;
  private final Executor files;
  private final String address;
  private final Map<String, NodeOffered> nodes = new TreeMap<>();
  private Lead lead;

  /**
   * One line where the run whose turn it is cannot go on for want of room on a disk, else empty.
   */
  private String waitsFor = "";

  /** The run that this incarnation leads. */
  private static final class Lead {

    private final Submission run;
    private ActorRef<RunEvent> reporter;
    private ActorRef<ApoCoordinator.Command> coordinator;
    private final WorkInHand workInHand = new WorkInHand();
    private Map<String, Integer> remaining = Map.of();
    private boolean cancelled;

    Lead(Submission run) {
      this.run = run;
    }
  }

  /**
   * @param journal makes the journal ready, or fails and is tried again
   * @param leave called when another incarnation has taken over, or this program is too old for the
   *     journal: this process must leave
   */
  public static Behavior<Command> create(
      RunHost host, Function<ActorSystem<?>, CompletionStage<?>> journal, Runnable leave) {
    AtomicLong latestEpoch = new AtomicLong();
    Behavior<Command> queue =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> new RunQueue(context, timers, host, latestEpoch, leave)));
    return Behaviors.supervise(JournalGate.before(queue, journal)).onFailure(TROUBLE);
  }

  private RunQueue(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      RunHost host,
      AtomicLong latestEpoch,
      Runnable leave) {
    super(PersistenceId.of("RunQueue", "cluster"), TROUBLE.withStopChildren(false));
    this.context = context;
    this.timers = timers;
    this.host = host;
    this.latestEpoch = latestEpoch;
    this.leave = leave;
    this.address = context.getSystem().address().hostPort();
    this.files =
        context
            .getSystem()
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig("proxima.io-dispatcher"));
  }

  @Override
  public RunQueueState emptyState() {
    return new RunQueueState();
  }

  @Override
  public EventHandler<RunQueueState, RunQueueEvent> eventHandler() {
    return RunQueueState::apply;
  }

  @Override
  public SignalHandler<RunQueueState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), state -> context.getSelf().tell(new Begin()))
        .build();
  }

  @Override
  public CommandHandler<Command, RunQueueEvent, RunQueueState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Begin.class, this::onBegin)
        .onCommand(Submit.class, this::onSubmit)
        .onCommand(Cancel.class, this::onCancel)
        .onCommand(GetStatus.class, this::onGetStatus)
        .onCommand(NodeOffered.class, this::onNodeOffered)
        .onCommand(NodeLeft.class, this::onNodeLeft)
        .onCommand(Opened.class, this::onOpened)
        .onCommand(Observed.class, this::onObserved)
        .onCommand(CoordinatorStopped.class, this::onCoordinatorStopped)
        .onCommand(LeadEnded.class, this::onLeadEnded)
        .onCommand(Collected.class, this::onCollected)
        .onCommand(JournalTried.class, tried -> Effect().none())
        .build();
  }

  private Effect<RunQueueEvent, RunQueueState> onBegin(RunQueueState state, Begin begin) {
    if (state.unreadable().isPresent()) {
      return tooOld(state.unreadable().get());
    }
    if (latestEpoch.get() > 0 && state.epoch() > latestEpoch.get()) {
      context.getLog().error("epoch {} has begun elsewhere; this node leaves", state.epoch());
      leave.run();
      return Effect().stop();
    }
    return Effect().persist(new EpochBegan(state.epoch() + 1)).thenRun(this::lead);
  }

  /** A newer program, if the cluster has one, may be elsewhere. */
  private Effect<RunQueueEvent, RunQueueState> tooOld(OfLaterVersion event) {
    context
        .getLog()
        .error(
            "the journal of the cluster has an event {} of version {} and this Proxima reads up to"
                + " {}; upgrade this node, which leaves",
            event.name(),
            event.version(),
            QueueJournalVersion.CURRENT);
    leave.run();
    return Effect().stop();
  }

  private Effect<RunQueueEvent, RunQueueState> onSubmit(RunQueueState state, Submit submit) {
    if (state.unreadable().isPresent()) {
      return refuse(submit.replyTo(), TOO_OLD, address);
    }
    Submission run = submit.run();
    Optional<RunStatus> known = state.status(run.id());
    if (known.isPresent() && !sameRun(state.submission(run.id()), run)) {
      return refuse(
          submit.replyTo(), "the run %s is another experiment; choose another --name", run.id());
    }
    if (known.isPresent() && isUnderWay(known.get())) {
      submit.replyTo().tell(new Accepted(status(state, run.id())));
      return Effect().none();
    }
    return Effect()
        .persist(new RunSubmitted(run))
        .thenRun(
            after -> {
              lead(after);
              submit.replyTo().tell(new Accepted(status(after, run.id())));
            });
  }

  private Effect<RunQueueEvent, RunQueueState> onCancel(RunQueueState state, Cancel cancel) {
    if (state.unreadable().isPresent()) {
      return refuse(cancel.replyTo(), TOO_OLD, address);
    }
    Optional<RunStatus> known = state.status(cancel.id());
    if (known.isEmpty()) {
      return refuse(cancel.replyTo(), "there is no run %s; see proxima status", cancel.id());
    }
    if (known.get().isEnd()) {
      return refuse(cancel.replyTo(), "the run %s has ended already", cancel.id());
    }
    RunStatus cancelled = RunStatus.of(Phase.CANCELLED);
    cancel.replyTo().tell(new Accepted(cancelled));
    if (leads(cancel.id())) {
      lead.cancelled = true;
      stopCoordinator();
      return Effect().none();
    }
    return Effect().persist(new RunEnded(cancel.id(), cancelled));
  }

  private Effect<RunQueueEvent, RunQueueState> onGetStatus(RunQueueState state, GetStatus get) {
    List<ClusterStatus.Run> runs = new ArrayList<>();
    state
        .statuses()
        .forEach(
            (id, recorded) ->
                runs.add(
                    new ClusterStatus.Run(
                        state.submission(id),
                        status(state, id),
                        leads(id) ? new TreeMap<>(lead.remaining) : new TreeMap<>())));
    List<ClusterStatus.Node> members =
        nodes.values().stream()
            .map(
                node ->
                    new ClusterStatus.Node(node.node(), node.devices(), workInHand(node.node())))
            .toList();
    get.replyTo().tell(new ClusterStatus(state.epoch(), address, members, runs));
    return Effect().none();
  }

  private SortedMap<String, String> workInHand(String node) {
    return lead == null ? new TreeMap<>() : lead.workInHand.of(node);
  }

  private Effect<RunQueueEvent, RunQueueState> onNodeOffered(
      RunQueueState state, NodeOffered offered) {
    NodeOffered before = nodes.put(offered.node(), offered);
    if (before == null || !before.host().equals(offered.host())) {
      context.getLog().info("node {} offers {}", offered.node(), offered.devices());
      context.watchWith(offered.host(), new NodeLeft(offered.node(), offered.host()));
    }
    offered.host().tell(new NodeHost.Serve(latestEpoch.get(), duty()));
    return Effect().none();
  }

  private NodeHost.Duty duty() {
    return lead == null || lead.coordinator == null
        ? null
        : new NodeHost.Duty(lead.run, lead.coordinator);
  }

  private Effect<RunQueueEvent, RunQueueState> onNodeLeft(RunQueueState state, NodeLeft left) {
    context.getLog().info("node {} is gone", left.node());
    nodes.computeIfPresent(
        left.node(), (name, node) -> node.host().equals(left.host()) ? null : node);
    if (lead != null) {
      lead.workInHand.leave(left.node());
    }
    return Effect().none();
  }

  /** Leads the run whose turn it is, unless one is led already. */
  private void lead(RunQueueState state) {
    if (latestEpoch.getAndSet(state.epoch()) != state.epoch()) {
      context.getLog().info("epoch {} begins here", state.epoch());
    }
    if (lead == null) {
      state.next().ifPresent(this::open);
    }
  }

  private void open(Submission run) {
    context.getLog().info("run {} is led here", run.id());
    lead = new Lead(run);
    context.pipeToSelf(
        CompletableFuture.supplyAsync(() -> host.lead(run), files),
        (led, failure) -> new Opened(run.id(), led, failure));
  }

  private Effect<RunQueueEvent, RunQueueState> onOpened(RunQueueState state, Opened opened) {
    if (opened.failure() != null) {
      return onNotOpened(opened.failure());
    }
    Led led = opened.led();
    lead.reporter = context.spawnAnonymous(led.reporter());
    lead.coordinator =
        context.spawnAnonymous(
            ApoCoordinator.create(
                opened.id(),
                led.fingerprint(),
                led.spec(),
                led.store(),
                led.leases(),
                context.messageAdapter(RunEvent.class, event -> new Observed(opened.id(), event)),
                state.epoch(),
                led.dataPlane()));
    context.watchWith(lead.coordinator, new CoordinatorStopped(lead.coordinator));
    context.pipeToSelf(
        led.ended(),
        (ending, failure) ->
            new LeadEnded(opened.id(), failure == null ? ending : ending(failure)));
    if (lead.cancelled) {
      stopCoordinator();
    }
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> onNotOpened(Throwable failure) {
    Lead failed = lead;
    lead = null;
    if (failed.cancelled) {
      return end(failed.run.id(), RunStatus.of(Phase.CANCELLED));
    } else if (NoRoomException.isBehind(failure)) {
      return waitForRoom(FirstLine.of(failure));
    }
    return end(failed.run.id(), RunStatus.failed(FirstLine.of(failure)));
  }

  private Effect<RunQueueEvent, RunQueueState> waitForRoom(String reason) {
    context.getLog().warn("the run waits: {}", reason);
    waitsFor = reason;
    timers.startSingleTimer(new Begin(), LOOK_FOR_ROOM_AGAIN);
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> onObserved(RunQueueState state, Observed observed) {
    if (!leads(observed.id())) {
      return Effect().none();
    }
    RunEvent event = observed.event();
    lead.workInHand.observe(event);
    if (event instanceof RunEvent.RunRecovered recovered) {
      lead.remaining = recovered.remaining();
      waitsFor = "";
    } else if (event instanceof RunEvent.WorkCompleted completed) {
      lead.remaining = completed.remaining();
    } else if (event instanceof RunEvent.WorkWaits waiting) {
      waitsFor = waiting.reason();
    } else if (event instanceof RunEvent.RoomFound) {
      waitsFor = "";
    }
    lead.reporter.tell(event);
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> onCoordinatorStopped(
      RunQueueState state, CoordinatorStopped stopped) {
    if (lead == null || !stopped.coordinator().equals(lead.coordinator)) {
      return Effect().none();
    }
    lead.reporter.tell(new RunEvent.RunEnded());
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> onLeadEnded(RunQueueState state, LeadEnded ended) {
    context
        .getLog()
        .info("run {}: {} {}", ended.id(), ended.ending().cause(), ended.ending().reason());
    boolean cancelled = lead.cancelled;
    // It is still there where its reporter failed, as on a full disk.
    stopCoordinator();
    lead = null;
    if (ended.ending().cause() == Cause.COMPLETED) {
      context.pipeToSelf(host.collectGarbage(context.getSystem()), Collected::new);
      return end(ended.id(), RunStatus.of(Phase.COMPLETED));
    } else if (ended.ending().cause() == Cause.FAILED) {
      return end(ended.id(), RunStatus.failed(ended.ending().reason()));
    } else if (cancelled) {
      return end(ended.id(), RunStatus.of(Phase.CANCELLED));
    } else if (!ended.ending().reason().isEmpty()) {
      return waitForRoom(ended.ending().reason());
    }
    // Its coordinator lost the journal: another epoch has begun, or must.
    timers.startSingleTimer(new Begin(), LEAD_AGAIN);
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> onCollected(
      RunQueueState state, Collected collected) {
    if (collected.failure() != null) {
      context.getLog().warn("garbage is left in the store", collected.failure());
    } else {
      context.getLog().info("{}", collected.reclaimed());
    }
    return Effect().none();
  }

  private Effect<RunQueueEvent, RunQueueState> end(String id, RunStatus status) {
    return Effect().persist(new RunEnded(id, status)).thenRun(this::lead);
  }

  private Effect<RunQueueEvent, RunQueueState> refuse(
      ActorRef<Reply> client, String reason, String name) {
    client.tell(new Refused(reason.formatted(name)));
    return Effect().none();
  }

  private void stopCoordinator() {
    if (lead.coordinator != null) {
      context.stop(lead.coordinator);
    }
  }

  private boolean leads(String id) {
    return lead != null && lead.run.id().equals(id);
  }

  private RunStatus status(RunQueueState state, String id) {
    boolean waits =
        !waitsFor.isEmpty() && state.next().filter(run -> run.id().equals(id)).isPresent();
    return leads(id) || waits
        ? new RunStatus(Phase.RUNNING, waitsFor)
        : state.status(id).orElseThrow();
  }

  private static boolean isUnderWay(RunStatus status) {
    return !status.isEnd() || status.phase() == Phase.COMPLETED;
  }

  private static boolean sameRun(Submission before, Submission now) {
    return before.config().equals(now.config()) && before.data().equals(now.data());
  }

  private static Ending ending(Throwable failure) {
    return new Ending(
        NoRoomException.isBehind(failure) ? Cause.STOPPED : Cause.FAILED, FirstLine.of(failure));
  }
}

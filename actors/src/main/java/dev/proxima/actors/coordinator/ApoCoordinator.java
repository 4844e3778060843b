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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * valid result of a work counts; duplicates and late results are harmless.
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

  private record LeaseExpired(String lease) implements Command {}

  private record Finished() implements Command {}

  private static final String OWN_SLOTS = "coordinator";

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
  private final Map<Work, Integer> failures = new HashMap<>();
  private final Set<IterationResult> announced = new HashSet<>();
  private Outlook outlook;

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
        .onCommand(LeaseExpired.class, this::onLeaseExpired)
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
      leases.leave(joined.node());
      context.watchWith(joined.supervisor(), new NodeLeft(joined.node(), joined.supervisor()));
    }
    leases.join(joined.node(), joined.slots());
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> onNodeLeft(RunState state, NodeLeft left) {
    if (nodes.leave(left.node(), left.supervisor())) {
      leases.leave(left.node());
    }
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> onReplied(RunState state, Replied replied) {
    WorkReply reply = replied.reply();
    if (reply instanceof WorkReply.Done done) {
      return onDone(state, done);
    } else if (reply instanceof WorkReply.Failed failed) {
      return onFailed(state, failed);
    } else if (reply instanceof WorkReply.Stepped stepped) {
      return onStepped(stepped);
    }
    leases.live(reply.lease()).ifPresent(this::renew);
    return Effect().none();
  }

  private Effect<CoordinatorEvent, RunState> onStepped(WorkReply.Stepped stepped) {
    leases
        .live(stepped.lease())
        .ifPresent(
            lease -> {
              renew(lease);
              Set<String> methods = outlook.needs().get(lease.work()).methods();
              listener.tell(new RunEvent.StepTrained(lease.work(), methods, stepped.metrics()));
            });
    return Effect().none();
  }

  private Effect<CoordinatorEvent, RunState> onDone(RunState state, WorkReply.Done done) {
    release(done.lease());
    if (state.isDone(done.work())) {
      return advance();
    }
    return Effect()
        .persist(new WorkCompleted(done.work(), done.output()))
        .thenRun(after -> announceCompletion(after, done))
        .thenRun(this::leaseReadyWork);
  }

  private Effect<CoordinatorEvent, RunState> onFailed(RunState state, WorkReply.Failed failed) {
    Optional<Lease> lease = leases.live(failed.lease());
    release(failed.lease());
    if (lease.isEmpty() || state.isDone(failed.work())) {
      return advance();
    }
    int attempts = failures.merge(failed.work(), 1, Integer::sum);
    if (failed.permanent() || attempts >= policy.attempts()) {
      return fail(failed.reason(), failed.permanent());
    }
    retry(lease.get(), failed.reason());
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> onLeaseExpired(RunState state, LeaseExpired expired) {
    Optional<Lease> lease = leases.expire(expired.lease());
    if (lease.isEmpty()) {
      return Effect().none();
    }
    String silence = "no answer for " + policy.timeOut().toSeconds() + " s";
    if (!leases.hasResponsiveSlot(lease.get().work())) {
      return fail(
          lease.get().slot().name() + " gave " + silence + " and no other worker is left", false);
    }
    retry(lease.get(), silence);
    return advance();
  }

  private Effect<CoordinatorEvent, RunState> fail(String reason, boolean mendable) {
    listener.tell(new RunEvent.RunFailed(reason, mendable));
    return Effect().stop();
  }

  private Effect<CoordinatorEvent, RunState> advance() {
    return Effect().none().thenRun(this::leaseReadyWork);
  }

  private void leaseReadyWork(RunState state) {
    if (outlook == null) {
      return;
    }
    for (Work work : outlook.ready()) {
      if (!leases.isLeased(work)) {
        leases.grant(work).ifPresent(this::assign);
      }
    }
  }

  private void assign(Lease lease) {
    Need need = outlook.needs().get(lease.work());
    listener.tell(
        new RunEvent.WorkStarted(
            lease.work(), need.methods(), need.iteration(), lease.slot().name()));
    lease.slot().assign(lease.id(), lease.work(), replies);
    renew(lease);
  }

  private void renew(Lease lease) {
    timers.startSingleTimer(lease.id(), new LeaseExpired(lease.id()), policy.timeOut());
  }

  private void release(String lease) {
    timers.cancel(lease);
    leases.release(lease);
  }

  private void retry(Lease lease, String reason) {
    context.getLog().warn("{} on {}: {}", lease.work(), lease.slot().name(), reason);
    listener.tell(new RunEvent.WorkRetried(lease.work(), lease.slot().name(), reason));
  }

  private void announceStart(RunState state) {
    outlook = plan.outlook(state.outputs());
    announced.addAll(outlook.iterations());
    listener.tell(
        new RunEvent.RunRecovered(
            outlook.iterations(),
            trainings(state),
            state.outputs().size(),
            plan.remaining(state.outputs())));
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

  private void announceCompletion(RunState state, WorkReply.Done done) {
    outlook = plan.outlook(state.outputs());
    listener.tell(
        new RunEvent.WorkCompleted(done.work(), done.output(), plan.remaining(state.outputs())));
    // Only one worker goes on with a training.
    if (done.work().makesParameters() && done.output().rest() == null) {
      nodes.publish(done.output().artifact());
    }
    for (IterationResult result : outlook.iterations()) {
      if (announced.add(result)) {
        listener.tell(new RunEvent.IterationCompleted(result));
      }
    }
    finishIfComplete();
  }

  private void finishIfComplete() {
    if (outlook.ready().isEmpty()) {
      listener.tell(new RunEvent.RunCompleted(outlook.iterations()));
      context.getSelf().tell(new Finished());
    }
  }
}

package dev.proxima.actors.cluster;

import dev.proxima.actors.cluster.RunHost.Served;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * A worker's node: offers its devices to the queue of runs and serves the run that it is told to,
 * by a {@link NodeSupervisor} of that run's coordinator. A new coordinator finds new workers: what
 * an earlier one had ordered ends first, and nobody is left to hear it. Where that does not end, as
 * on a device that hangs for good, only the end of the process helps.
 */
public final class NodeHost extends AbstractBehavior<NodeHost.Command> {

  public sealed interface Command extends CborSerializable {}

  /**
   * What to do.
   *
   * @param epoch of the queue that says so; an earlier one than the latest heard of is ignored
   * @param duty null where there is no run
   */
  public record Serve(long epoch, Duty duty) implements Command {}

  /** A run to work for and the coordinator that leads it. */
  public record Duty(Submission run, ActorRef<ApoCoordinator.Command> coordinator) {}

  private record Offer() implements Command {}

  private record Opened(Duty duty, Served served, Throwable failure) implements Command {}

  private record SupervisorStopped() implements Command {}

  private record StillStopping(ActorRef<NodeSupervisor.Command> supervisor) implements Command {}

  private static final Duration OFFER_INTERVAL = Duration.ofSeconds(1);

  private final String name;
  private final List<ComputeDevice> devices;
  private final RunHost host;
  private final ActorRef<RunQueue.Command> queue;
  private final Duration patience;
  private final Runnable leave;
  private final TimerScheduler<Command> timers;
  private final Executor files;
  private long epoch;
  private Duty wanted;
  private Duty current;
  private Served served;
  private ActorRef<NodeSupervisor.Command> supervisor;

  /**
   * @param name the node's name, unique in the cluster
   * @param devices one slot each
   * @param queue the singleton, wherever it is
   * @param patience how long work may take to stop
   * @param leave called when it takes longer: this process must end
   */
  public static Behavior<Command> create(
      String name,
      List<ComputeDevice> devices,
      RunHost host,
      ActorRef<RunQueue.Command> queue,
      Duration patience,
      Runnable leave) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new NodeHost(context, timers, name, devices, host, queue, patience, leave)));
  }

  private NodeHost(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String name,
      List<ComputeDevice> devices,
      RunHost host,
      ActorRef<RunQueue.Command> queue,
      Duration patience,
      Runnable leave) {
    super(context);
    context.setLoggerName(NodeHost.class);
    this.name = name;
    this.devices = devices;
    this.host = host;
    this.queue = queue;
    this.patience = patience;
    this.leave = leave;
    this.timers = timers;
    this.files =
        context
            .getSystem()
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig("proxima.io-dispatcher"));
    timers.startTimerWithFixedDelay(new Offer(), Duration.ZERO, OFFER_INTERVAL);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Offer.class, this::onOffer)
        .onMessage(Serve.class, this::onServe)
        .onMessage(Opened.class, this::onOpened)
        .onMessage(SupervisorStopped.class, this::onSupervisorStopped)
        .onMessage(StillStopping.class, this::onStillStopping)
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<Command> onOffer(Offer offer) {
    queue.tell(new RunQueue.NodeOffered(name, devices, getContext().getSelf()));
    return this;
  }

  private Behavior<Command> onServe(Serve serve) {
    if (serve.epoch() >= epoch) {
      epoch = serve.epoch();
      wanted = serve.duty();
      change();
    }
    return this;
  }

  /** Goes from the current duty to the wanted one, a step at a time. */
  private void change() {
    if (Objects.equals(wanted, current)) {
      return;
    }
    if (current == null) {
      open(wanted);
    } else if (supervisor != null) {
      StillStopping reminder = new StillStopping(supervisor);
      if (!timers.isTimerActive(reminder)) {
        timers.startSingleTimer(reminder, reminder, patience);
      }
      served.context().stop().stop();
      getContext().stop(supervisor);
    }
  }

  private void open(Duty duty) {
    current = duty;
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> host.serve(duty.run()), files),
            (opened, failure) -> new Opened(duty, opened, failure));
  }

  private Behavior<Command> onOpened(Opened opened) {
    if (opened.failure() != null) {
      getContext().getLog().error("cannot serve " + opened.duty().run().id(), opened.failure());
      // The next offer tries again.
      current = null;
      return this;
    }
    getContext().getLog().info("serves {} in epoch {}", opened.duty().run().id(), epoch);
    served = opened.served();
    supervisor =
        getContext()
            .spawnAnonymous(
                NodeSupervisor.create(
                    name, devices, served.context(), opened.duty().coordinator()));
    getContext().watchWith(supervisor, new SupervisorStopped());
    change();
    return this;
  }

  private Behavior<Command> onSupervisorStopped(SupervisorStopped stopped) {
    getContext().getLog().info("serves {} no longer", current.run().id());
    timers.cancel(new StillStopping(supervisor));
    supervisor = null;
    served.close();
    current = null;
    change();
    return this;
  }

  private Behavior<Command> onStillStopping(StillStopping late) {
    if (late.supervisor().equals(supervisor)) {
      getContext()
          .getLog()
          .error(
              "work for {} has not stopped for {} s; this node leaves and its process ends",
              current.run().id(),
              patience.toSeconds());
      leave.run();
    }
    return this;
  }

  private Behavior<Command> onPostStop() {
    if (supervisor != null) {
      served.context().stop().stop();
    }
    return this;
  }
}

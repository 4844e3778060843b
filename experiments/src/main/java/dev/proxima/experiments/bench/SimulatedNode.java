package dev.proxima.experiments.bench;

import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.WorkerSlot;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** Offers simulated workers to the coordinator, again and again as a real node does. */
final class SimulatedNode extends AbstractBehavior<SimulatedNode.Command> {

  sealed interface Command {}

  private record Join() implements Command {}

  private static final Duration JOIN_INTERVAL = Duration.ofSeconds(2);

  private final ActorRef<ApoCoordinator.Command> coordinator;
  private final ApoCoordinator.NodeJoined offer;

  /**
   * @param devices how many devices it has; one labeller comes with them
   */
  static Behavior<Command> create(
      String name,
      int devices,
      Supplier<Behavior<CborSerializable>> worker,
      ActorRef<ApoCoordinator.Command> coordinator) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new SimulatedNode(context, timers, name, devices, worker, coordinator)));
  }

  private SimulatedNode(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String name,
      int devices,
      Supplier<Behavior<CborSerializable>> worker,
      ActorRef<ApoCoordinator.Command> coordinator) {
    super(context);
    this.coordinator = coordinator;
    List<WorkerSlot> slots = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      ActorRef<CborSerializable> device = context.spawn(worker.get(), "device-" + i);
      slots.add(
          new WorkerSlot.Device(
              name + "/device#" + i,
              ComputeDevice.CPU,
              null,
              device.narrow(),
              device.narrow(),
              device.narrow()));
    }
    slots.add(
        new WorkerSlot.Labeller(
            name + "/preferences", context.spawn(worker.get(), "preferences").narrow()));
    this.offer =
        new ApoCoordinator.NodeJoined(
            name, slots, context.spawn(Behaviors.<NodeSupervisor.Command>ignore(), "supervisor"));
    timers.startTimerWithFixedDelay(new Join(), Duration.ZERO, JOIN_INTERVAL);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Join.class, this::onJoin).build();
  }

  private Behavior<Command> onJoin(Join join) {
    coordinator.tell(offer);
    return this;
  }
}

package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.WorkerSlot;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Owns a node: for each device a policy, a reference and a sampler actor, each on a thread of its
 * own, and for the node one preference actor and one parameter cache. Restarts those that fail and
 * keeps offering them to the coordinator.
 */
public final class NodeSupervisor extends AbstractBehavior<NodeSupervisor.Command> {

  public sealed interface Command extends CborSerializable {}

  /**
   * The coordinator has a new version of the parameters that workers will ask for.
   *
   * @param sources nodes to pull it from, in order of preference; none where the store is to be
   *     read
   */
  public record ParametersPublished(ArtifactId parameters, List<DataPlaneAddress> sources)
      implements Command {}

  /** A node that this one trains together with is gone. */
  public record AbandonRing(String ring) implements Command {}

  private record Join() implements Command {}

  private static final Duration JOIN_INTERVAL = Duration.ofSeconds(2);
  private static final DispatcherSelector OWN_THREAD =
      DispatcherSelector.fromConfig("proxima.device-dispatcher");

  private final String name;
  private final ActorRef<ApoCoordinator.Command> coordinator;
  private final ActorRef<ParameterCache.Command> parameters;
  private final List<DeviceModels> models = new ArrayList<>();
  private final List<WorkerSlot> slots = new ArrayList<>();
  private final DataPlane dataPlane;

  /**
   * @param name the node's name, unique in the cluster
   * @param devices one slot each; a device may be named several times
   */
  public static Behavior<Command> create(
      String name,
      List<ComputeDevice> devices,
      NodeContext node,
      ActorRef<ApoCoordinator.Command> coordinator) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new NodeSupervisor(context, timers, name, devices, node, coordinator)));
  }

  private NodeSupervisor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String name,
      List<ComputeDevice> devices,
      NodeContext node,
      ActorRef<ApoCoordinator.Command> coordinator) {
    super(context);
    this.name = name;
    this.coordinator = coordinator;
    this.dataPlane = node.dataPlane();
    this.parameters =
        spawn(
            ParameterCache.create(node.store(), node.dataPlane()),
            "parameter-cache",
            DispatcherSelector.defaultDispatcher());
    for (int i = 0; i < devices.size(); i++) {
      slots.add(device(node, devices.get(i), i));
    }
    slots.add(
        new WorkerSlot.Labeller(
            name + "/preferences",
            spawn(PreferenceActor.create(node, devices.get(0)), "preferences", OWN_THREAD)));
    timers.startTimerWithFixedDelay(new Join(), Duration.ZERO, JOIN_INTERVAL);
  }

  private WorkerSlot device(NodeContext node, ComputeDevice device, int index) {
    DeviceModels resident = new DeviceModels(node.engine(), node.spec().model(), device);
    models.add(resident);
    return new WorkerSlot.Device(
        name + "/" + device + "#" + index,
        device,
        address(),
        spawn(SamplerActor.create(node, resident, parameters), "sampler-" + index, OWN_THREAD),
        spawn(ReferenceActor.create(node, resident, parameters), "reference-" + index, OWN_THREAD),
        spawn(PolicyActor.create(node, device, parameters), "policy-" + index, OWN_THREAD));
  }

  private DataPlaneAddress address() {
    return dataPlane == null ? null : dataPlane.address();
  }

  private <C> ActorRef<C> spawn(Behavior<C> worker, String name, DispatcherSelector dispatcher) {
    return getContext()
        .spawn(
            Behaviors.supervise(worker).onFailure(SupervisorStrategy.restart()), name, dispatcher);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Join.class, this::onJoin)
        .onMessage(ParametersPublished.class, this::onParametersPublished)
        .onMessage(AbandonRing.class, this::onAbandonRing)
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<Command> onJoin(Join join) {
    coordinator.tell(new ApoCoordinator.NodeJoined(name, slots, getContext().getSelf(), address()));
    return this;
  }

  private Behavior<Command> onParametersPublished(ParametersPublished published) {
    parameters.tell(new ParameterCache.Prefetch(published.parameters(), published.sources()));
    return this;
  }

  private Behavior<Command> onAbandonRing(AbandonRing abandon) {
    dataPlane.abandon(abandon.ring());
    return this;
  }

  private Behavior<Command> onPostStop() {
    models.forEach(DeviceModels::close);
    return this;
  }
}

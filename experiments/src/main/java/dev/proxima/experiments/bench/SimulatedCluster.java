package dev.proxima.experiments.bench;

import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.experiments.run.RunExperiment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/**
 * The root of a simulated cluster's actor system: the real coordinator on the real journal, and as
 * many simulated nodes as are wanted. Hands on what the coordinator says.
 */
final class SimulatedCluster extends AbstractBehavior<SimulatedCluster.Command> {

  sealed interface Command {}

  /** Start the coordinator. */
  record StartCoordinator(SimulatedRun run, RunSpec spec, Consumer<RunEvent> listener)
      implements Command {}

  /** Stop the coordinator and forget what it knew. */
  record StopCoordinator(CompletableFuture<Void> stopped) implements Command {}

  /** Start a node of so many devices. */
  record StartNode(String name, int devices, Supplier<Behavior<CborSerializable>> worker)
      implements Command {}

  private record CoordinatorStopped(CompletableFuture<Void> stopped) implements Command {}

  private static final LeasePolicy LEASES = new LeasePolicy(Duration.ofMinutes(5), 1);

  private ActorRef<ApoCoordinator.Command> coordinator;

  /**
   * Starts an actor system with the journal in {@code journal}; empty, but its journal is ready.
   */
  static ActorSystem<Command> start(Path journal) {
    ActorSystem<Command> system =
        ActorSystem.create(
            Behaviors.setup(SimulatedCluster::new), "bench", RunExperiment.actorConfig(journal));
    SchemaUtils.createIfNotExists(system).toCompletableFuture().join();
    return system;
  }

  private SimulatedCluster(ActorContext<Command> context) {
    super(context);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(StartCoordinator.class, this::onStartCoordinator)
        .onMessage(StopCoordinator.class, this::onStopCoordinator)
        .onMessage(CoordinatorStopped.class, this::onCoordinatorStopped)
        .onMessage(StartNode.class, this::onStartNode)
        .build();
  }

  private Behavior<Command> onStartCoordinator(StartCoordinator start) {
    ActorRef<RunEvent> listener =
        getContext()
            .spawnAnonymous(
                Behaviors.receiveMessage(
                    event -> {
                      start.listener().accept(event);
                      return Behaviors.same();
                    }));
    coordinator =
        getContext()
            .spawnAnonymous(
                ApoCoordinator.create(
                    "bench",
                    "bench",
                    start.spec(),
                    start.run().store(),
                    LEASES,
                    listener,
                    0,
                    null));
    return this;
  }

  private Behavior<Command> onStopCoordinator(StopCoordinator stop) {
    getContext().watchWith(coordinator, new CoordinatorStopped(stop.stopped()));
    getContext().stop(coordinator);
    coordinator = null;
    return this;
  }

  private Behavior<Command> onCoordinatorStopped(CoordinatorStopped coordinator) {
    coordinator.stopped().complete(null);
    return this;
  }

  private Behavior<Command> onStartNode(StartNode start) {
    getContext()
        .spawn(
            SimulatedNode.create(start.name(), start.devices(), start.worker(), coordinator),
            start.name());
    return this;
  }
}

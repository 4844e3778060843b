package dev.proxima.actors.run;

import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.node.NodeContext;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Owns one run in this process: the coordinator, restarted when it fails, and the node with its
 * devices. Stops when the coordinator has ended the run, when one of them fails for good, or when
 * it is told to; its last word to the listener comes when nothing of the run is at work any more.
 */
public final class RunSupervisor extends AbstractBehavior<RunSupervisor.Command> {

  public sealed interface Command {}

  /** Stop the run where it is; the journal lets it go on later. */
  public record Stop() implements Command {}

  private static final int COORDINATOR_RESTARTS = 3;
  private static final long ONLY_PROCESS = 0;

  /**
   * @param runId names the journal
   * @param fingerprint of the node's specification
   */
  public static Behavior<Command> create(
      String runId,
      String fingerprint,
      NodeContext node,
      List<ComputeDevice> devices,
      LeasePolicy leases,
      ActorRef<RunEvent> listener) {
    return Behaviors.setup(
        context -> new RunSupervisor(context, runId, fingerprint, node, devices, leases, listener));
  }

  private final NodeContext node;
  private final ActorRef<RunEvent> listener;
  private final ActorRef<ApoCoordinator.Command> coordinator;

  private RunSupervisor(
      ActorContext<Command> context,
      String runId,
      String fingerprint,
      NodeContext node,
      List<ComputeDevice> devices,
      LeasePolicy leases,
      ActorRef<RunEvent> listener) {
    super(context);
    this.node = node;
    this.listener = listener;
    this.coordinator =
        context.spawn(
            Behaviors.supervise(
                    ApoCoordinator.create(
                        runId,
                        fingerprint,
                        node.spec(),
                        node.store(),
                        leases,
                        listener,
                        ONLY_PROCESS,
                        null))
                .onFailure(
                    SupervisorStrategy.restart()
                        .withLimit(COORDINATOR_RESTARTS, Duration.ofMinutes(1))),
            "coordinator");
    context.watch(coordinator);
    context.watch(
        context.spawn(NodeSupervisor.create("local", devices, node, coordinator), "node"));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Stop.class, this::onStop)
        .onSignal(ChildFailed.class, this::onChildFailed)
        .onSignal(Terminated.class, ended -> stop())
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<Command> onStop(Stop stop) {
    // First, so that it does not take the workers' leaving for failures.
    getContext().stop(coordinator);
    return stop();
  }

  private Behavior<Command> onChildFailed(ChildFailed failed) {
    String cause = FirstLine.of(failed.getCause().toString());
    String reason = "the " + failed.getRef().path().name() + " failed: " + cause;
    listener.tell(new RunEvent.RunFailed(reason, false));
    return stop();
  }

  private Behavior<Command> stop() {
    node.stop().stop();
    return Behaviors.stopped();
  }

  private Behavior<Command> onPostStop() {
    listener.tell(new RunEvent.RunEnded());
    return this;
  }
}

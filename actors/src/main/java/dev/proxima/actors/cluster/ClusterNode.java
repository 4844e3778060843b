package dev.proxima.actors.cluster;

import dev.proxima.models.ComputeDevice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * The root of a node of a cluster: takes part in electing the queue of runs where the node is a
 * coordinator, finds its way back from a {@link Reunion second cluster}, hosts workers where it is
 * one, and is the door through which a client speaks to the queue.
 */
public final class ClusterNode extends AbstractBehavior<RunQueue.Command> {

  /** The role of nodes that may host the queue. */
  public static final String COORDINATOR = "coordinator";

  /** The role of nodes that work. */
  public static final String WORKER = "worker";

  private final ActorRef<RunQueue.Command> queue;

  /**
   * @param devices of a worker, one slot each
   * @param journal see {@link RunQueue#create}
   * @param stopPatience how long a worker's work may take to stop before the process ends
   */
  public static Behavior<RunQueue.Command> create(
      List<ComputeDevice> devices,
      RunHost host,
      Function<ActorSystem<?>, CompletionStage<?>> journal,
      Duration stopPatience) {
    return Behaviors.setup(
        context -> new ClusterNode(context, devices, host, journal, stopPatience));
  }

  private ClusterNode(
      ActorContext<RunQueue.Command> context,
      List<ComputeDevice> devices,
      RunHost host,
      Function<ActorSystem<?>, CompletionStage<?>> journal,
      Duration stopPatience) {
    super(context);
    Cluster cluster = Cluster.get(context.getSystem());
    this.queue =
        ClusterSingleton.get(context.getSystem())
            .init(SingletonActor.of(RunQueue.create(host, journal, this::leave), "run-queue"));
    context.spawn(Reunion.create(seeds(context.getSystem()), this::leave), Reunion.NAME);
    if (cluster.selfMember().hasRole(WORKER)) {
      context.spawn(
          NodeHost.create(
              cluster.selfMember().address().hostPort(),
              devices,
              host,
              queue,
              stopPatience,
              this::leave),
          "host");
    }
  }

  private static List<String> seeds(ActorSystem<?> system) {
    return system.settings().config().getStringList("pekko.cluster.seed-nodes");
  }

  private void leave() {
    CoordinatedShutdown.get(getContext().getSystem())
        .run(CoordinatedShutdown.clusterDowningReason());
  }

  @Override
  public Receive<RunQueue.Command> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::forward).build();
  }

  private Behavior<RunQueue.Command> forward(RunQueue.Command command) {
    queue.tell(command);
    return this;
  }
}

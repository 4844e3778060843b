package dev.proxima.experiments.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.experiments.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Speaks to a cluster from outside it, by the door of one of its nodes. */
public final class ClusterClient implements AutoCloseable {

  private static final Duration FIND = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final ActorSystem<Void> system;
  private final List<String> nodes;

  private ClusterClient(ActorSystem<Void> system, List<String> nodes) {
    this.system = system;
    this.nodes = nodes;
  }

  /**
   * @param nodes {@code host:port} each; those that answer are used
   */
  public static ClusterClient of(List<String> nodes) {
    return new ClusterClient(
        ActorSystem.create(Behaviors.empty(), "proxima-client", config()), nodes);
  }

  /**
   * Asks the queue of runs, by one node after another.
   *
   * @throws UserError where none answers
   */
  public <R> R ask(Function<ActorRef<R>, RunQueue.Command> message) throws InterruptedException {
    boolean found = false;
    for (String node : nodes) {
      Optional<ActorRef<RunQueue.Command>> door = find(node);
      found |= door.isPresent();
      if (door.isPresent()) {
        Optional<R> answer =
            await(AskPattern.ask(door.get(), message::apply, ANSWER, system.scheduler()));
        if (answer.isPresent()) {
          return answer.get();
        }
      }
    }
    throw new UserError(
        found
            ? "the cluster has no coordinator now; try again in some seconds, see the logs of its nodes"
            : "no node of the cluster answers at %s; start one by proxima node, or name others by --seed-nodes"
                .formatted(String.join(", ", nodes)));
  }

  private Optional<ActorRef<RunQueue.Command>> find(String node) throws InterruptedException {
    return await(
            Adapter.toClassic(system).actorSelection(Node.uri(node) + "/user").resolveOne(FIND))
        .map(Adapter::toTyped);
  }

  private static <T> Optional<T> await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return Optional.of(stage.toCompletableFuture().get());
    } catch (ExecutionException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    system.terminate();
  }

  private static Config config() {
    return ConfigFactory.parseResources("proxima-client.conf")
        .withFallback(ConfigFactory.load())
        .resolve();
  }
}

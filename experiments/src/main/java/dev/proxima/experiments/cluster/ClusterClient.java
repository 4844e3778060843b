package dev.proxima.experiments.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.experiments.LogFile;
import dev.proxima.experiments.UserError;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Speaks to a cluster from outside it, by the door of one of its nodes. */
public final class ClusterClient implements AutoCloseable {

  private static final Duration FIND = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final ActorSystem<Void> system;
  private final List<String> nodes;

  private ClusterClient(ActorSystem<Void> system, List<String> nodes) {
    this.system = system;
    this.nodes = nodes;
  }

  /**
   * @param nodes {@code host:port} each; those that answer are used
   * @throws UserError where this machine cannot reach such hosts, or must not without TLS
   */
  public static ClusterClient of(List<String> nodes, Security security) {
    String host = hostTowards(nodes.get(0));
    security.checkMayListen(host);
    LogFile.open();
    return new ClusterClient(
        ActorSystem.create(Behaviors.empty(), "proxima-client", config(host, security)), nodes);
  }

  /**
   * Asks the queue of runs, by the first node that answers, or others where it knows no queue.
   *
   * @throws UserError where none answers
   */
  public <R> R ask(Function<ActorRef<R>, RunQueue.Command> message) throws InterruptedException {
    BlockingQueue<Optional<ActorRef<RunQueue.Command>>> doors = new LinkedBlockingQueue<>();
    nodes.forEach(
        node -> find(node).whenComplete((door, failure) -> doors.add(Optional.ofNullable(door))));
    boolean found = false;
    for (int i = 0; i < nodes.size(); i++) {
      Optional<ActorRef<RunQueue.Command>> door = doors.take();
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
            : "no node of the cluster answers at %s; start one by proxima node, or name others by --seed-nodes; with TLS, --tls must fit theirs"
                .formatted(String.join(", ", nodes)));
  }

  private CompletionStage<ActorRef<RunQueue.Command>> find(String node) {
    return Adapter.toClassic(system)
        .actorSelection(Node.uri(node) + "/user")
        .resolveOne(FIND)
        .thenApply(Adapter::toTyped);
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

  /** The address by which a node can answer: nodes connect to their clients. */
  private static String hostTowards(String node) {
    int colon = node.lastIndexOf(':');
    String host = node.substring(0, colon);
    InetSocketAddress address =
        new InetSocketAddress(host, Integer.parseInt(node.substring(colon + 1)));
    if (address.isUnresolved()) {
      throw new UserError("--seed-nodes %s: there is no host %s".formatted(node, host));
    }
    try (DatagramSocket unsent = new DatagramSocket()) {
      unsent.connect(address);
      return unsent.getLocalAddress().getHostAddress();
    } catch (SocketException e) {
      throw new UserError(
          "--seed-nodes %s: cannot be reached: %s".formatted(node, e.getMessage()), e);
    }
  }

  private static Config config(String host, Security security) {
    return security
        .layer()
        .withValue("pekko.remote.artery.canonical.hostname", ConfigValueFactory.fromAnyRef(host))
        .withFallback(ConfigFactory.parseResources("proxima-client.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }
}

package dev.proxima.experiments.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.cluster.ClusterNode;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneException;
import dev.proxima.actors.dataplane.DataPlaneSettings;
import dev.proxima.actors.dataplane.Source;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.run.HostedRuns;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/** A node of a cluster in this process. */
public final class Node {

  /** Of the actor systems of all nodes, which is part of their addresses. */
  static final String SYSTEM = "proxima";

  private final ActorSystem<RunQueue.Command> system;

  private Node(ActorSystem<RunQueue.Command> system) {
    this.system = system;
  }

  /** Where a node writes warnings and errors. */
  public static Path log(Path state, String host, int port) {
    return StateFolder.open(state).nodes().resolve(host + "-" + port + ".log");
  }

  /** Starts a node, which joins its cluster by itself. */
  public static Node start(NodeOptions options) {
    StateFolder state = StateFolder.open(options.state());
    ArtifactStore store = state.openArtifacts();
    DataPlane dataPlane = dataPlane(options.host(), options.cache(), store);
    HostedRuns runs = new HostedRuns(store, dataPlane, state.config().artifacts().grace());
    return new Node(
        ActorSystem.create(
            ClusterNode.create(options.devices(), runs, SchemaUtils::createIfNotExists),
            SYSTEM,
            config(options, state)));
  }

  private static DataPlane dataPlane(String host, Path cache, ArtifactStore store) {
    try {
      return DataPlane.start(
          new InetSocketAddress(host, 0),
          host,
          cache,
          Source.of(store),
          DataPlaneSettings.of(SYSTEM));
    } catch (DataPlaneException e) {
      throw new UserError("--cache " + cache + ": " + e.getMessage(), e);
    }
  }

  /** Where the others reach this node. */
  public String address() {
    return Cluster.get(system).selfMember().address().hostPort();
  }

  /** Returns when the node has left. */
  public void awaitEnd() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Config config(NodeOptions options, StateFolder state) {
    return ConfigFactory.empty()
        .withValue(
            "pekko.remote.artery.canonical.hostname", ConfigValueFactory.fromAnyRef(options.host()))
        .withValue(
            "pekko.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(options.port()))
        .withValue("pekko.cluster.roles", ConfigValueFactory.fromAnyRef(options.roles()))
        .withValue(
            "pekko.cluster.seed-nodes",
            ConfigValueFactory.fromAnyRef(options.seedNodes().stream().map(Node::uri).toList()))
        .withFallback(state.config().journal().layer(state.journal()))
        .withFallback(ConfigFactory.parseResources("proxima-cluster.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  /** The address of a node's actor system. */
  static String uri(String hostAndPort) {
    return "pekko://" + SYSTEM + "@" + hostAndPort;
  }
}

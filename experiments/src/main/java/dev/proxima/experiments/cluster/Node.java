package dev.proxima.experiments.cluster;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.cluster.ClusterNode;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneException;
import dev.proxima.actors.dataplane.DataPlaneSettings;
import dev.proxima.actors.dataplane.Source;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.NodeConfig;
import dev.proxima.experiments.config.NodeConfig.Bootstrap;
import dev.proxima.experiments.run.HostedRuns;
import dev.proxima.models.ComputeDevice;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.remote.RemoteTransportException;

/** A node of a cluster in this process. */
public final class Node {

  /** Of the actor systems of all nodes, which is part of their addresses. */
  static final String SYSTEM = "proxima";

  private final ActorSystem<RunQueue.Command> system;

  private Node(ActorSystem<RunQueue.Command> system) {
    this.system = system;
  }

  /** Where a node writes what happens to it. */
  public static Path log(NodeConfig config) {
    return StateFolder.open(config.state())
        .nodes()
        .resolve(config.host() + "-" + config.port() + ".log");
  }

  /**
   * Starts a node, which joins its cluster by itself.
   *
   * @param devices of a worker, one slot each
   * @throws UserError where it cannot listen, or must not without TLS
   */
  public static Node start(NodeConfig config, List<ComputeDevice> devices)
      throws InterruptedException {
    Security security = Security.of(config.tls(), config.insecure());
    security.checkMayListen(config.host());
    StateFolder state = StateFolder.open(config.state());
    ArtifactStore store = state.openArtifacts();
    DataPlane dataPlane = dataPlane(config, security, store);
    HostedRuns runs = new HostedRuns(store, dataPlane, state.config().artifacts().grace());
    ActorSystem<RunQueue.Command> system = system(config, security, state, devices, runs);
    if (config.bootstrap() != Bootstrap.SEED_NODES) {
      bootstrap(system, config);
    }
    return new Node(system);
  }

  private static DataPlane dataPlane(NodeConfig config, Security security, ArtifactStore store) {
    DataPlaneSettings open = DataPlaneSettings.of(SYSTEM);
    try {
      return DataPlane.start(
          new InetSocketAddress(config.host(), config.dataPort()),
          config.host(),
          config.cache(),
          Source.of(store),
          security.tls().map(files -> open.withTls(files.context())).orElse(open));
    } catch (DataPlaneException e) {
      throw new UserError("--cache " + config.cache() + ": " + e.getMessage(), e);
    }
  }

  /** Where the others reach this node. */
  public String address() {
    return Cluster.get(system).selfMember().address().hostPort();
  }

  /** Has the node leave its cluster. */
  void stop() {
    system.terminate();
  }

  /** Returns when the node has left. */
  public void awaitEnd() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static ActorSystem<RunQueue.Command> system(
      NodeConfig config,
      Security security,
      StateFolder state,
      List<ComputeDevice> devices,
      HostedRuns runs) {
    try {
      return ActorSystem.create(
          ClusterNode.create(devices, runs, SchemaUtils::createIfNotExists, config.stopPatience()),
          SYSTEM,
          NodeActors.config(config, security, state));
    } catch (RemoteTransportException e) {
      throw cannotListen(config.host(), config.port(), "port", e);
    }
  }

  private static void bootstrap(ActorSystem<?> system, NodeConfig config)
      throws InterruptedException {
    try {
      PekkoManagement.get(system).start().toCompletableFuture().get();
    } catch (ExecutionException e) {
      system.terminate();
      throw cannotListen(config.host(), config.managementPort(), "management-port", e.getCause());
    }
    ClusterBootstrap.get(system).start();
  }

  private static UserError cannotListen(String host, int port, String key, Throwable failure) {
    return new UserError(
        "cannot listen at %s:%d (%s); choose another %s".formatted(host, port, line(failure), key),
        failure);
  }

  private static String line(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return FirstLine.of(root);
  }

  /** The address of a node's actor system. */
  static String uri(String hostAndPort) {
    return "pekko://" + SYSTEM + "@" + hostAndPort;
  }
}

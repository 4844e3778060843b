package dev.proxima.experiments.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.proxima.experiments.config.NodeConfig;
import dev.proxima.experiments.config.NodeConfig.Bootstrap;
import java.util.List;

/** The configuration of a node's actor system. */
final class NodeActors {

  private static final String ARTERY = "pekko.remote.artery.canonical.";
  private static final String MANAGEMENT = "pekko.management.";

  private NodeActors() {}

  /**
   * All of it, resolved.
   *
   * @param state of the cluster, which says where its journal is
   */
  static Config config(NodeConfig node, Security security, StateFolder state) {
    return security
        .layer()
        .withFallback(state.config().journal().layer(state.journal()))
        .withFallback(bootstrap(node))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  /** Where the node is and how it finds the others, over its own configuration. */
  static Config bootstrap(NodeConfig node) {
    Config own =
        ConfigFactory.empty()
            .withValue(ARTERY + "hostname", ConfigValueFactory.fromAnyRef(node.host()))
            .withValue(ARTERY + "port", ConfigValueFactory.fromAnyRef(node.port()))
            .withValue("pekko.cluster.roles", ConfigValueFactory.fromAnyRef(node.roles()));
    return (node.bootstrap() == Bootstrap.SEED_NODES ? seedNodes(node) : discovery(node))
        .withFallback(own)
        .withFallback(node.actors())
        .withFallback(ConfigFactory.parseResources("proxima-bootstrap.conf"));
  }

  private static Config seedNodes(NodeConfig node) {
    List<String> addresses = node.seedNodes().stream().map(Node::uri).toList();
    return ConfigFactory.empty()
        .withValue("pekko.cluster.seed-nodes", ConfigValueFactory.fromAnyRef(addresses));
  }

  private static Config discovery(NodeConfig node) {
    String method = node.bootstrap() == Bootstrap.KUBERNETES ? "kubernetes-api" : "config";
    return ConfigFactory.empty()
        .withValue(MANAGEMENT + "http.hostname", ConfigValueFactory.fromAnyRef(node.host()))
        .withValue(MANAGEMENT + "http.port", ConfigValueFactory.fromAnyRef(node.managementPort()))
        .withValue(
            MANAGEMENT + "cluster.bootstrap.contact-point-discovery.discovery-method",
            ConfigValueFactory.fromAnyRef(method));
  }
}

package dev.proxima.experiments;

import dev.proxima.experiments.cluster.ClusterOptions;
import dev.proxima.experiments.cluster.Node;
import dev.proxima.experiments.config.NodeConfig;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.djl.TorchEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxima node}. */
@Command(
    name = "node",
    description = "Runs a node of a cluster until it is stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class NodeCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The node's own configuration, over proxima-cluster.conf; the options below go before.")
  private Path file;

  @Mixin private ClusterOptions cluster;

  @Option(
      names = "--roles",
      split = ",",
      paramLabel = "ROLE",
      description = "coordinator, worker or both (default: both).")
  private List<String> roles;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "How the other nodes reach this one (default: 127.0.0.1).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where this node listens (default: 25520).")
  private Integer port;

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "DEVICE",
      description = "Of a worker, one slot each: cpu, cuda:0, ... (default: all GPUs, else cpu).")
  private List<String> devices;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOW",
      description =
          "kubernetes: find the cluster by the Kubernetes API in place of seed nodes, and serve"
              + " /ready, /alive and contact points at the management port; config: by the node's"
              + " configuration.")
  private String bootstrap;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "A folder of this node alone, for parameters (default: among temporary files).")
  private Path cache;

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig config = NodeConfig.load(Optional.ofNullable(file), given());
    LogFile.setForNode(Node.log(config));
    List<ComputeDevice> slots = config.devices().isEmpty() ? detected() : config.devices();
    Node node = Node.start(config, slots);
    System.out.printf(
        "Node %s: %s; devices %s; state %s%n",
        node.address(), String.join(", ", config.roles()), slots, config.state());
    node.awaitEnd();
    return ExitStatus.OK;
  }

  private Map<String, Object> given() {
    Map<String, Object> given = cluster.given();
    put(given, "roles", roles);
    put(given, "host", host);
    put(given, "port", port);
    put(given, "devices", devices);
    put(given, "bootstrap", bootstrap);
    put(given, "cache", cache == null ? null : cache.toString());
    return given;
  }

  private static void put(Map<String, Object> given, String key, Object value) {
    if (value != null) {
      given.put(key, value);
    }
  }

  private static List<ComputeDevice> detected() {
    List<ComputeDevice> gpus =
        TorchEngine.create(EngineOptions.DEFAULT).info().devices().stream()
            .filter(device -> !device.equals(ComputeDevice.CPU))
            .toList();
    return gpus.isEmpty() ? List.of(ComputeDevice.CPU) : gpus;
  }
}

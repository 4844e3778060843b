package dev.proxima.experiments;

import dev.proxima.experiments.cluster.ClusterOptions;
import dev.proxima.experiments.cluster.Node;
import dev.proxima.experiments.cluster.NodeOptions;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.djl.TorchEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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

  private static final Set<String> ROLES = Set.of("coordinator", "worker");

  @Mixin private ClusterOptions cluster;

  @Option(
      names = "--roles",
      split = ",",
      paramLabel = "ROLE",
      defaultValue = "coordinator,worker",
      description = "coordinator, worker or both (default: ${DEFAULT-VALUE}).")
  private List<String> roles;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "How the other nodes reach this one (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "25520",
      description = "Where this node listens (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "DEVICE",
      description = "Of a worker, one slot each: cpu, cuda:0, ... (default: all GPUs, else cpu).")
  private List<String> devices = List.of();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "A folder of this node alone, for parameters (default: among temporary files).")
  private Path cache;

  @Override
  public Integer call() throws InterruptedException {
    for (String role : roles) {
      if (!ROLES.contains(role)) {
        throw new UserError("--roles " + role + ": use coordinator, worker or both");
      }
    }
    LogFile.set(Node.log(cluster.state(), host, port));
    NodeOptions options =
        new NodeOptions(
            roles, host, port, cluster.seedNodes(), cluster.state(), cache(), devices());
    Node node = Node.start(options);
    System.out.printf(
        "Node %s: %s; devices %s; state %s%n",
        node.address(), String.join(", ", roles), options.devices(), cluster.state());
    node.awaitEnd();
    return 0;
  }

  private Path cache() {
    return cache == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "proxima-" + host + "-" + port)
        : cache;
  }

  private List<ComputeDevice> devices() {
    try {
      return devices.isEmpty() ? detected() : devices.stream().map(ComputeDevice::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new UserError("--devices: " + e.getMessage(), e);
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

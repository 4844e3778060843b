package dev.proxima.experiments.cluster;

import dev.proxima.experiments.UserError;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Which cluster a command speaks of. */
public final class ClusterOptions {

  @Option(
      names = "--seed-nodes",
      split = ",",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:25520",
      description =
          "Nodes by which to find the cluster, the same list in the same order everywhere"
              + " (default: ${DEFAULT-VALUE}).")
  private List<String> seedNodes;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = "cluster",
      description =
          "A folder that all nodes share: artefacts, journal, runs (default: ${DEFAULT-VALUE}).")
  private Path state;

  /**
   * Each {@code host:port}.
   *
   * @throws UserError where one is not
   */
  public List<String> seedNodes() {
    for (String node : seedNodes) {
      if (!node.matches("[^:/@\\s]+:\\d{1,5}")) {
        throw new UserError("--seed-nodes " + node + ": use host:port");
      }
    }
    return seedNodes;
  }

  public Path state() {
    return state;
  }
}

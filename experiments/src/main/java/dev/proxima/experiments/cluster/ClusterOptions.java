package dev.proxima.experiments.cluster;

import dev.proxima.experiments.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster a command speaks of, and how. */
public final class ClusterOptions {

  private static final String SEED_NODE = "127.0.0.1:25520";
  private static final String STATE = "cluster";

  @Option(
      names = "--seed-nodes",
      split = ",",
      paramLabel = "HOST:PORT",
      description =
          "Nodes by which to find the cluster, the same list in the same order everywhere"
              + " (default: "
              + SEED_NODE
              + ").")
  private List<String> seedNodes;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "A folder that all nodes share: artefacts, journal, runs (default: " + STATE + ").")
  private Path state;

  @Mixin private TlsOption tls;

  @Option(
      names = "--insecure",
      description = "Without --tls: use more than the loopback interface, open to who can connect.")
  private boolean insecure;

  /**
   * Each {@code host:port}.
   *
   * @throws UserError where one is not
   */
  public List<String> seedNodes() {
    if (seedNodes == null) {
      return List.of(SEED_NODE);
    }
    for (String node : seedNodes) {
      if (!node.matches("[^:/@\\s]+:\\d{1,5}")) {
        throw new UserError("--seed-nodes " + node + ": use host:port");
      }
    }
    return seedNodes;
  }

  public Path state() {
    return state == null ? Path.of(STATE) : state;
  }

  /**
   * How to speak to the cluster.
   *
   * @throws UserError where TLS's files do not fit
   */
  public Security security() {
    return Security.of(tls.folder(), insecure);
  }

  /** Speaks to the cluster, from outside it. */
  public ClusterClient connect() {
    return ClusterClient.of(seedNodes(), security());
  }

  /** What was given, by the keys of {@code proxima.node}. */
  public Map<String, Object> given() {
    Map<String, Object> given = new TreeMap<>();
    if (seedNodes != null) {
      given.put("seed-nodes", seedNodes);
    }
    if (state != null) {
      given.put("state", state.toString());
    }
    tls.folder().ifPresent(folder -> given.put("tls", folder.toString()));
    if (insecure) {
      given.put("insecure", true);
    }
    return given;
  }
}

package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.proxima.experiments.UserError;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A node of a cluster.
 *
 * @param roles {@code coordinator}, {@code worker} or both
 * @param host the name or address by which the other nodes reach this one
 * @param port where it listens; 0 for a free one
 * @param seedNodes {@code host:port} of nodes to join by, the same list in the same order on all
 * @param bootstrap how to find nodes to join
 * @param managementPort where it tells of its health, unless it joins by seed nodes
 * @param state a folder that all nodes share: artefacts, journal, runs
 * @param dataPort where it serves parameters to the others; 0 for a free one
 * @param cache a folder of this node alone, for parameters
 * @param devices of a worker, one slot each; empty for all GPUs, else the CPU
 * @param stopPatience how long a worker's work may take to stop before its process ends
 * @param tls the folder of its keys; empty for none
 * @param insecure whether it may do without them beyond the loopback interface
 * @param actors how its actors run, not resolved
 */
public record NodeConfig(
    List<String> roles,
    String host,
    int port,
    List<String> seedNodes,
    Bootstrap bootstrap,
    int managementPort,
    Path state,
    int dataPort,
    Path cache,
    List<ComputeDevice> devices,
    Duration stopPatience,
    Optional<Path> tls,
    boolean insecure,
    Config actors) {

  /** How a node finds others to join. */
  public enum Bootstrap {
    SEED_NODES,
    /** By the API of the Kubernetes that it runs in. */
    KUBERNETES,
    /** By a list of management ports in the node's configuration. */
    CONFIG
  }

  private static final String OURS = "proxima";
  private static final String NODE = "proxima.node";
  private static final int HIGHEST_PORT = 65535;

  /**
   * Lays the command line over a file over the defaults in {@code proxima-cluster.conf}.
   *
   * @param given values of {@code proxima.node} by key: texts, numbers, flags or lists
   * @throws UserError for what the user can mend
   */
  public static NodeConfig load(Optional<Path> file, Map<String, Object> given) {
    Config defaults = ConfigFactory.parseResources("proxima-cluster.conf");
    Config own = file.map(ConfigLayers::parse).orElse(ConfigFactory.empty());
    checkSections(own);
    Config layers = commandLine(given).withFallback(own).withFallback(defaults);
    Config resolved = resolved(layers);
    KnownKeys.check(resolved.withOnlyPath(OURS), resolved(defaults).withOnlyPath(OURS));
    return read(resolved, layers);
  }

  private static NodeConfig read(Config resolved, Config layers) {
    Section node = new Section(NODE, resolved.getConfig(NODE));
    return new NodeConfig(
        node.list("roles", NodeConfig::role, "coordinator, worker or both"),
        node.text("host"),
        port(node, "port"),
        node.list("seed-nodes", NodeConfig::address, "a list of host:port"),
        node.choice("bootstrap", Bootstrap.class),
        port(node, "management-port"),
        node.file("state", "the path of a folder"),
        port(node, "data-port"),
        cache(node),
        devices(node),
        node.duration("stop-patience"),
        node.optionalFile("tls", "the path of a folder, or null"),
        node.flag("insecure"),
        layers);
  }

  private static Config commandLine(Map<String, Object> given) {
    Config layer = ConfigFactory.empty();
    for (Map.Entry<String, Object> entry : given.entrySet()) {
      layer =
          layer.withValue(
              NODE + "." + entry.getKey(),
              ConfigValueFactory.fromAnyRef(entry.getValue(), "--" + entry.getKey()));
    }
    return layer;
  }

  private static Config resolved(Config layers) {
    try {
      return layers.withFallback(ConfigFactory.load()).resolve();
    } catch (ConfigException e) {
      throw ConfigLayers.userError(e);
    }
  }

  private static String role(String text) {
    return matching(text, "coordinator|worker");
  }

  private static String address(String text) {
    return matching(text, "[^:/@\\s]+:\\d{1,5}");
  }

  private static String matching(String text, String pattern) {
    if (!text.matches(pattern)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static int port(Section node, String key) {
    int port = node.count(key, 0);
    return node.check(key, port <= HIGHEST_PORT, port, "a port of at most " + HIGHEST_PORT);
  }

  private static Path cache(Section node) {
    String name = "proxima-%s-%d".formatted(node.text("host"), node.count("port", 0));
    return node.optionalFile("cache", "the path of a folder, or null")
        .orElse(Path.of(System.getProperty("java.io.tmpdir"), name));
  }

  private static List<ComputeDevice> devices(Section node) {
    Object devices = node.config().getValue("devices").unwrapped();
    return devices.equals("auto")
        ? List.of()
        : node.list("devices", ComputeDevice::parse, "auto, or a list of cpu, cuda:0, ...");
  }

  /** Pekko's keys are its own matter, but they must be in its section. */
  private static void checkSections(Config own) {
    for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(own.root()).entrySet()) {
      if (!entry.getKey().equals(OURS) && !entry.getKey().equals("pekko")) {
        throw new UserError(
            "%s: unknown section %s; use proxima.node or pekko"
                .formatted(Origins.where(entry.getValue()), entry.getKey()));
      }
    }
  }
}

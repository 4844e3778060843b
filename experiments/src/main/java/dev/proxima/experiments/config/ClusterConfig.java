package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all nodes and clients of a cluster must agree on.
 *
 * @param artifacts where artefacts are kept
 * @param journal where the coordinator's journal is kept
 */
public record ClusterConfig(ArtifactSettings artifacts, JournalSettings journal) {

  private static final String DEFAULTS = "cluster-defaults.conf";

  /**
   * Reads a file with the defaults below it, which stand alone where there is no such file.
   *
   * @throws dev.proxima.experiments.UserError one line that names file, key, value and the mend
   */
  public static ClusterConfig load(Path file) {
    Config defaults = defaults();
    Config own = Files.exists(file) ? ConfigLayers.parse(file) : ConfigFactory.empty();
    try {
      Config config = own.withFallback(defaults).resolve();
      KnownKeys.check(config, defaults);
      Section root = new Section("", config);
      return new ClusterConfig(
          ArtifactSettings.read(root.section("artifacts")),
          JournalSettings.read(root.section("journal")));
    } catch (ConfigException e) {
      throw ConfigLayers.userError(e);
    }
  }

  /** Artefacts are configured as for an experiment. */
  private static Config defaults() {
    return ConfigFactory.parseResources(ClusterConfig.class, DEFAULTS)
        .withFallback(ConfigLayers.defaults().withOnlyPath("artifacts"));
  }
}

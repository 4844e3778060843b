package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import dev.proxima.experiments.UserError;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lays command line over file over defaults. */
final class ConfigLayers {

  static final String DEFAULTS = "defaults.conf";

  private static final ConfigRenderOptions RESOLVED =
      ConfigRenderOptions.defaults().setOriginComments(false).setComments(false).setJson(false);

  private ConfigLayers() {}

  /** The defaults, with their substitutions not yet resolved. */
  static Config defaults() {
    return ConfigFactory.parseResources(
        ConfigLayers.class, DEFAULTS, ConfigParseOptions.defaults().setAllowMissing(false));
  }

  /**
   * The whole configuration, resolved, its keys not yet checked. Where the file names methods, they
   * replace the default ones.
   */
  static Config load(Path file, Overrides overrides) {
    Config own = parse(file);
    Config defaults = own.hasPath("methods") ? defaults().withoutPath("methods") : defaults();
    try {
      return overrides.layer().withFallback(own).withFallback(defaults).resolve();
    } catch (ConfigException e) {
      throw userError(e);
    }
  }

  /** As {@code load}, with every key one that there is. */
  static Config checked(Path file, Overrides overrides) {
    Config config = load(file, overrides);
    KnownKeys.check(config);
    return config;
  }

  /** All keys with their values as HOCON, sorted. */
  static String render(Config config) {
    return config.root().render(RESOLVED);
  }

  /**
   * A file as it stands.
   *
   * @throws UserError where it cannot be read
   */
  static Config parse(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UserError(file + ": no such file, or it cannot be read");
    }
    try {
      return ConfigFactory.parseFile(
          file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw userError(e);
    }
  }

  static UserError userError(ConfigException e) {
    return new UserError(oneLine(e), e);
  }

  /** Typesafe Config's messages begin with {@code FILE: LINE:} already. */
  private static String oneLine(ConfigException e) {
    return e.getMessage().replaceFirst("^([^:]+): (\\d+): ", "$1:$2: ").replaceAll("\\s+", " ");
  }
}

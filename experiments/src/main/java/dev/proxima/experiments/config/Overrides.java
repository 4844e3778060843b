package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.proxima.experiments.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the command line lays over a configuration file.
 *
 * @param assignments {@code key=value} each, the later before the earlier; the value is HOCON, or a
 *     text without quotes such as a path
 * @param out in place of the key {@code out}
 * @param seed in place of the key {@code seed}
 */
public record Overrides(List<String> assignments, Optional<Path> out, OptionalLong seed) {

  public static final Overrides NONE =
      new Overrides(List.of(), Optional.empty(), OptionalLong.empty());

  /** All of it as one layer of configuration. */
  Config layer() {
    Config layer = ConfigFactory.empty();
    for (String assignment : assignments) {
      layer = assigned(assignment).withFallback(layer);
    }
    if (out.isPresent()) {
      layer = layer.withValue("out", value(out.get().toString(), "--out"));
    }
    if (seed.isPresent()) {
      layer = layer.withValue("seed", value(seed.getAsLong(), "--seed"));
    }
    return layer;
  }

  private static Config assigned(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new UserError("--set " + assignment + ": use --set key=value");
    }
    String key = assignment.substring(0, equals).strip();
    String text = assignment.substring(equals + 1).strip();
    String origin = "--set " + key;
    try {
      return ConfigFactory.empty(origin).withValue(key, hoconOrText(text, origin));
    } catch (ConfigException.BadPath e) {
      throw new UserError("--set " + assignment + ": '" + key + "' is not a key", e);
    }
  }

  private static ConfigValue hoconOrText(String text, String origin) {
    if (text.contains("${")) {
      throw new UserError(origin + ": substitutions such as " + text + " belong in a file");
    }
    boolean markedAsHocon = text.startsWith("\"") || text.startsWith("[") || text.startsWith("{");
    try {
      ConfigValue value =
          ConfigFactory.parseString(
                  "value = " + text, ConfigParseOptions.defaults().setOriginDescription(origin))
              .root()
              .get("value");
      boolean unquotedText = !markedAsHocon && value.valueType() == ConfigValueType.STRING;
      return unquotedText ? value(text, origin) : value;
    } catch (ConfigException.Parse e) {
      if (markedAsHocon) {
        throw new UserError(origin + ": " + text + " is not valid HOCON", e);
      }
      return value(text, origin);
    }
  }

  private static ConfigValue value(Object value, String origin) {
    return ConfigValueFactory.fromAnyRef(value, origin);
  }
}

package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.proxima.algorithms.text.NearestName;
import dev.proxima.experiments.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checks a configuration's keys against those of {@code defaults.conf}. Some objects have keys of
 * their own: the methods by name, and the options of an objective or an optimiser, which is asked
 * for them.
 */
final class KnownKeys {

  private static final String METHODS = "methods";
  private static final Set<String> OPTIONS =
      Set.of("training.objective-options", "training.optimiser", "fine-tuning.optimiser");

  private final ConfigObject schema;
  private final ConfigObject methodSchema;

  private KnownKeys(Config schema, Config defaults) {
    this.schema = schema.root();
    this.methodSchema =
        defaults
            .getConfig("outer-loop")
            .withValue("alpha", defaults.getValue("methods.apo.alpha"))
            .root();
  }

  /**
   * Checks every key, in alphabetical order.
   *
   * @throws UserError for the first that is unknown, with the nearest known one
   */
  static void check(Config config) {
    check(config, ConfigLayers.defaults());
  }

  /** As {@code check}, against the keys of {@code schema}. */
  static void check(Config config, Config schema) {
    KnownKeys keys = new KnownKeys(schema, ConfigLayers.defaults());
    keys.check("", config.root(), keys.schema);
  }

  private void check(String path, ConfigObject actual, ConfigObject expected) {
    for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(actual).entrySet()) {
      String key = join(path, entry.getKey());
      ConfigValue known = expected.get(entry.getKey());
      if (known == null) {
        throw unknown(key, entry.getValue());
      }
      if (known instanceof ConfigObject inner) {
        ConfigObject object = object(key, entry.getValue());
        if (key.equals(METHODS)) {
          checkMethods(object);
        } else if (!OPTIONS.contains(key)) {
          check(key, object, inner);
        }
      }
    }
  }

  private void checkMethods(ConfigObject methods) {
    for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(methods).entrySet()) {
      boolean takenAway = entry.getValue().valueType() == ConfigValueType.NULL;
      if (!takenAway) {
        String key = join(METHODS, entry.getKey());
        check(key, object(key, entry.getValue()), methodSchema);
      }
    }
  }

  private static ConfigObject object(String key, ConfigValue value) {
    if (value instanceof ConfigObject object) {
      return object;
    }
    throw new UserError(
        "%s: %s = %s is not accepted; use a group of keys, %s { ... }"
            .formatted(Origins.where(value), key, Origins.text(value), key));
  }

  private UserError unknown(String key, ConfigValue value) {
    List<String> known = new ArrayList<>();
    collect("", schema, known);
    int dot = key.lastIndexOf('.');
    if (key.startsWith(METHODS + ".")) {
      collect(key.substring(0, dot), methodSchema, known);
    }
    String lastPart = "." + key.substring(dot + 1);
    List<String> misplaced = known.stream().filter(path -> path.endsWith(lastPart)).toList();
    String nearest = NearestName.of(key, misplaced.isEmpty() ? known : misplaced).orElseThrow();
    return new UserError(
        "%s: unknown key %s; did you mean %s?".formatted(Origins.where(value), key, nearest));
  }

  private static void collect(String path, ConfigObject object, List<String> known) {
    for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
      String key = join(path, entry.getKey());
      known.add(key);
      if (entry.getValue() instanceof ConfigObject inner && !key.equals(METHODS)) {
        collect(key, inner, known);
      }
    }
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}

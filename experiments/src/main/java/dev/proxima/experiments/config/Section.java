package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.proxima.experiments.UserError;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One object of a configuration whose keys are known to be there, read by type. Whatever a key does
 * not accept is a {@link UserError} that says where the value stands and what is accepted.
 *
 * @param path where the object stands in the whole configuration, "" for all of it
 */
record Section(String path, Config config) {

  Section section(String key) {
    return new Section(path(key), config.getConfig(key));
  }

  /** This section, with the values of {@code base} where it has none of its own. */
  Section over(Section base) {
    ConfigObject merged = config.withFallback(base.config).root();
    return new Section(path, merged.withOrigin(config.origin()).toConfig());
  }

  /**
   * The names that the user gave this object's keys, sorted; a key that is null has been taken
   * away.
   */
  List<String> names() {
    return config.root().entrySet().stream()
        .filter(entry -> entry.getValue().unwrapped() != null)
        .map(entry -> checkedName(entry.getKey(), entry.getValue()))
        .sorted()
        .toList();
  }

  private String checkedName(String name, ConfigValue value) {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new UserError(
          "%s: %s is not accepted as a name; use lower-case letters, digits and hyphens"
              .formatted(Origins.where(value), path(name)));
    }
    return name;
  }

  String text(String key, String pattern, String accepted) {
    String text = read(key, accepted, config::getString);
    return check(key, text.matches(pattern), text, accepted);
  }

  String text(String key) {
    return text(key, "(?s).+", "a text");
  }

  /** What {@code parse} makes of a text, see {@link #parsed}; empty where the key is null. */
  <T> Optional<T> optional(String key, Function<String, T> parse, String accepted) {
    return isNull(key) ? Optional.empty() : Optional.of(parsed(key, parse, accepted));
  }

  /** What {@code parse} makes of a text or a number; it throws IllegalArgumentException. */
  <T> T parsed(String key, Function<String, T> parse, String accepted) {
    return read(key, accepted, name -> parse.apply(config.getString(name)));
  }

  Path file(String key, String accepted) {
    return read(key, accepted, name -> Path.of(config.getString(name)));
  }

  /** A path; empty where the key is null. */
  Optional<Path> optionalFile(String key, String accepted) {
    return isNull(key) ? Optional.empty() : Optional.of(file(key, accepted));
  }

  private boolean isNull(String key) {
    return config.root().get(key).valueType() == ConfigValueType.NULL;
  }

  long wholeNumber(String key) {
    return read(key, "a whole number of 64 bits", this::exactLong);
  }

  /** A whole number of at least {@code min}. */
  int count(String key, int min) {
    String accepted = "a whole number of at least " + min;
    long value = read(key, accepted, this::exactLong);
    return check(key, value >= min && value <= Integer.MAX_VALUE, (int) value, accepted);
  }

  double number(String key, Accepted accepted) {
    double value = read(key, accepted.toString(), name -> number(config.getString(name)));
    return check(key, accepted.accepts(value), value, accepted.toString());
  }

  /** A number, or a list of at least one. */
  List<Double> numbers(String key, Accepted accepted) {
    String all = accepted + ", or a list of such";
    List<Double> values =
        read(
            key,
            all,
            name ->
                config.getValue(name).unwrapped() instanceof List
                    ? config.getStringList(name).stream().map(Section::number).toList()
                    : List.of(number(config.getString(name))));
    boolean holds = !values.isEmpty() && values.stream().allMatch(accepted::accepts);
    return check(key, holds, values, all);
  }

  /** An object of texts or numbers under names of its own; those of inner objects as "a.b". */
  SortedMap<String, String> textsByName(String key) {
    Section section = section(key);
    SortedMap<String, String> values = new TreeMap<>();
    for (String name : section.names()) {
      if (section.config.getValue(name) instanceof ConfigObject) {
        section.textsByName(name).forEach((inner, value) -> values.put(name + "." + inner, value));
      } else {
        values.put(name, section.read(name, "a number or a word", section.config::getString));
      }
    }
    return values;
  }

  /** A number, a word or a list of such, read by {@code parse} as text: 0.3, [0.1, 0.3] or word. */
  <T> T value(String key, Function<String, T> parse, String accepted) {
    return read(key, accepted, name -> parse.apply(config.getValue(name).unwrapped().toString()));
  }

  boolean flag(String key) {
    return read(key, "true or false", config::getBoolean);
  }

  Duration duration(String key) {
    String accepted = "a duration above 0 such as 30 s or 5 minutes";
    Duration duration = read(key, accepted, config::getDuration);
    return check(key, duration.compareTo(Duration.ZERO) > 0, duration, accepted);
  }

  /** A constant of an enum, written in lower case with hyphens. */
  <E extends Enum<E>> E choice(String key, Class<E> type) {
    String accepted =
        Arrays.stream(type.getEnumConstants())
            .map(Section::kebab)
            .collect(Collectors.joining(", "));
    String text = read(key, "one of " + accepted, config::getString);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> kebab(constant).equals(text))
        .findFirst()
        .orElseThrow(() -> rejected(key, "one of " + accepted));
  }

  /** A list of at least one text, each read by {@code parse}. */
  <T> List<T> list(String key, Function<String, T> parse, String accepted) {
    List<T> values =
        read(key, accepted, name -> config.getStringList(name).stream().map(parse).toList());
    return check(key, !values.isEmpty(), values, accepted);
  }

  /** A list of texts, none of them empty; there may be none. */
  List<String> texts(String key, String accepted) {
    List<String> texts = read(key, accepted, config::getStringList);
    return check(key, texts.stream().noneMatch(String::isBlank), texts, accepted);
  }

  /** Refuses a key that another one makes meaningless. */
  void checkAbsent(String key, String accepted) {
    if (config.hasPath(key)) {
      throw rejected(key, accepted);
    }
  }

  /** {@code value} where {@code holds}, else the error that names what {@code key} accepts. */
  <T> T check(String key, boolean holds, T value, String accepted) {
    if (!holds) {
      throw rejected(key, accepted);
    }
    return value;
  }

  private UserError rejected(String key, String accepted) {
    ConfigValue value = config.root().get(key);
    return new UserError(
        "%s: %s = %s is not accepted; use %s"
            .formatted(Origins.where(value), path(key), Origins.text(value), accepted));
  }

  private <T> T read(String key, String accepted, Function<String, T> reader) {
    if (!config.root().containsKey(key)) {
      throw new UserError(
          "%s: %s is missing; use %s".formatted(Origins.where(config.root()), path(key), accepted));
    }
    try {
      return reader.apply(key);
    } catch (ConfigException | IllegalArgumentException | ArithmeticException e) {
      throw rejected(key, accepted);
    }
  }

  private long exactLong(String key) {
    return new BigDecimal(config.getString(key)).longValueExact();
  }

  private static double number(String text) {
    return new BigDecimal(text).doubleValue();
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

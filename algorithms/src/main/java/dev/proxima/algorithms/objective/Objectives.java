package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.text.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The registry of preference objectives: each by its name, with its own options. */
public final class Objectives {

  private static final List<ObjectiveType> TYPES =
      List.of(
          Dpo.TYPE, //
          Sppo.TYPE, //
          Ipo.TYPE);

  private Objectives() {}

  /** The names of all objectives. */
  public static List<String> names() {
    return TYPES.stream().map(ObjectiveType::name).toList();
  }

  /**
   * The options of an objective with their defaults.
   *
   * @throws IllegalArgumentException if there is no such objective; one line that names those there
   *     are
   */
  public static SortedMap<String, Double> defaults(String name) {
    return new TreeMap<>(type(name).defaults());
  }

  /**
   * Makes an objective.
   *
   * @param options values of the options that shall differ from their defaults
   * @throws IllegalArgumentException if there is no such objective or option, or a value is out of
   *     range; one line that names what there is
   */
  public static PreferenceObjective create(String name, Map<String, Double> options) {
    SortedMap<String, Double> values = defaults(name);
    for (Map.Entry<String, Double> option : options.entrySet()) {
      if (values.replace(option.getKey(), option.getValue()) == null) {
        throw new IllegalArgumentException(
            unknown("option of " + name, option.getKey(), values.keySet()));
      }
    }
    return type(name).constructor().apply(values);
  }

  private static ObjectiveType type(String name) {
    return TYPES.stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(unknown("objective", name, names())));
  }

  private static String unknown(String what, String name, Collection<String> known) {
    String hint =
        NearestName.of(name, known)
            .map(nearest -> "did you mean '" + nearest + "'? known: " + String.join(", ", known))
            .orElse("there is none");
    return "unknown " + what + " '" + name + "'; " + hint;
  }
}

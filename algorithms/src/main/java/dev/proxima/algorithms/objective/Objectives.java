package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.text.NearestName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The registry of preference objectives: each by its name, with its own options. */
public final class Objectives {

  private static final List<ObjectiveType> TYPES =
      List.of(
          Dpo.TYPE,
          RobustDpo.TYPE,
          LengthNormalisedDpo.TYPE,
          DpoPositive.TYPE,
          LengthRegularisedDpo.TYPE,
          OffsetDpo.TYPE,
          AlphaDpo.TYPE,
          Ipo.TYPE,
          Hinge.TYPE,
          Sppo.TYPE,
          Nca.TYPE,
          Exo.TYPE,
          Bco.TYPE,
          Aot.TYPE,
          AotUnpaired.TYPE,
          AnchoredZero.TYPE,
          AnchoredDown.TYPE,
          DiscoPop.TYPE,
          SimPo.TYPE,
          Cpo.TYPE,
          Orpo.TYPE,
          Kto.TYPE,
          AbsoluteProbability.TYPE,
          SftExcess.TYPE,
          Sft.TYPE);

  private Objectives() {}

  /** The names of all objectives. */
  public static List<String> names() {
    return TYPES.stream().map(ObjectiveType::name).toList();
  }

  /**
   * The options of an objective with their defaults, as text; of a sum's terms as {@code
   * name.option}.
   *
   * @param objective a name, or a sum such as {@code "dpo + 0.2 sft"}
   * @throws IllegalArgumentException if there is no such objective; one line that names those there
   *     are
   */
  public static SortedMap<String, String> defaults(String objective) {
    return expression(objective).defaults();
  }

  /** Whether an objective, or a term of a sum, has an option; see {@link #create}. */
  public static boolean hasOption(String objective, String option) {
    return !expression(objective).keys(option).isEmpty();
  }

  /**
   * Makes an objective.
   *
   * @param objective a name, or a sum such as {@code "dpo + 0.2 sft"}
   * @param options values of the options that shall differ from their defaults; in a sum {@code
   *     dpo.beta} is of one term and {@code beta} of every term that has it and is not named
   * @throws IllegalArgumentException if there is no such objective or option, or a value is not
   *     accepted; one line that names what is
   */
  public static PreferenceObjective create(String objective, Map<String, String> options) {
    Expression expression = expression(objective);
    SortedMap<String, String> values = expression.defaults();
    for (String option : generalFirst(options.keySet())) {
      List<String> keys = expression.keys(option);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException(
            unknown("option of " + objective, option, values.keySet()));
      }
      keys.forEach(key -> values.put(key, options.get(option)));
    }
    return expression.create(values);
  }

  /** Options of every term before those of one, which override them. */
  private static List<String> generalFirst(Collection<String> options) {
    return options.stream()
        .sorted(
            Comparator.<String, Boolean>comparing(option -> option.contains("."))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static Expression expression(String objective) {
    return Expression.parse(objective, Objectives::type);
  }

  private static ObjectiveType type(String name) {
    return TYPES.stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(unknown("objective", name, names())));
  }

  private static String unknown(String what, String name, Collection<String> known) {
    String nearest = NearestName.of(name, known).orElseThrow();
    return "unknown %s '%s'; did you mean '%s'? known: %s"
        .formatted(what, name, nearest, String.join(", ", known));
  }
}

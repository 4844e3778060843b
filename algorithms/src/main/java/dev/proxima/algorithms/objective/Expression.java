package dev.proxima.algorithms.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a configuration calls an objective: a name, or a sum such as {@code "dpo + 0.2 sft"}.
 *
 * @param terms at least one, each objective at most once
 */
record Expression(List<Summand> terms) {

  private static final Pattern SUMMAND =
      Pattern.compile("(?<weight>[0-9][0-9.]*(?:[eE]-?[0-9]+)?)\\s*[* ]\\s*(?<name>.*)");

  /** One objective and its weight. */
  record Summand(double weight, ObjectiveType type) {}

  /**
   * Reads an expression.
   *
   * @param types finds an objective by its name, or throws
   */
  static Expression parse(String text, Function<String, ObjectiveType> types) {
    List<Summand> terms = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      Matcher weighted = SUMMAND.matcher(part.strip());
      Summand term =
          weighted.matches()
              ? new Summand(
                  weight(weighted.group("weight"), text), types.apply(weighted.group("name")))
              : new Summand(1, types.apply(part.strip()));
      if (terms.stream().anyMatch(other -> other.type() == term.type())) {
        throw new IllegalArgumentException(
            "'%s' has %s twice; add the weights".formatted(text, term.type().name()));
      }
      terms.add(term);
    }
    return new Expression(List.copyOf(terms));
  }

  private static double weight(String weight, String text) {
    try {
      return Double.parseDouble(weight);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is no weight in '%s'; write a number, as in dpo + 0.2 sft".formatted(weight, text),
          e);
    }
  }

  /** Every option with its default; in a sum under the objective's name, such as "dpo.beta". */
  SortedMap<String, String> defaults() {
    SortedMap<String, String> defaults = new TreeMap<>();
    for (Summand term : terms) {
      term.type().defaults().forEach((option, value) -> defaults.put(key(term, option), value));
    }
    return defaults;
  }

  /**
   * The keys of {@link #defaults} that an option names: itself, or in a sum that of every term that
   * has it.
   */
  List<String> keys(String option) {
    return defaults().keySet().stream()
        .filter(key -> key.equals(option) || key.endsWith("." + option))
        .toList();
  }

  /** The objective, with a value for each key of {@link #defaults}. */
  PreferenceObjective create(SortedMap<String, String> values) {
    if (terms.size() == 1 && terms.get(0).weight() == 1) {
      return create(terms.get(0), values);
    }
    return new WeightedSum(
        terms.stream()
            .map(term -> new WeightedSum.Term(term.weight(), create(term, values)))
            .toList());
  }

  private PreferenceObjective create(Summand term, SortedMap<String, String> values) {
    SortedMap<String, String> own = term.type().defaults();
    own.replaceAll((option, value) -> values.get(key(term, option)));
    return term.type().create(own);
  }

  private String key(Summand term, String option) {
    return terms.size() == 1 ? option : term.type().name() + "." + option;
  }
}

package dev.proxima.algorithms.objective;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the registry knows of an objective.
 *
 * @param name what a configuration calls it
 * @param ownDefaults the options that are its own, with their defaults as a configuration writes
 *     them
 * @param constructor makes it from a value for each of its options
 */
record ObjectiveType(
    String name,
    Map<String, String> ownDefaults,
    Function<Options, PreferenceObjective> constructor) {

  /** Gives it the options of {@link Divergence} too. */
  ObjectiveType withDivergence() {
    Map<String, String> all = new TreeMap<>(ownDefaults);
    all.put("divergence", "reverse-kl");
    all.put("divergence-alpha", "0.5");
    return new ObjectiveType(name, all, constructor);
  }

  /** Every option it has with its default, those of {@link Modifiers} included. */
  SortedMap<String, String> defaults() {
    SortedMap<String, String> all = new TreeMap<>(ownDefaults);
    all.putAll(Modifiers.DEFAULTS);
    return all;
  }

  /** The objective with the given options, a value for each. */
  PreferenceObjective create(SortedMap<String, String> values) {
    Options options = new Options(values);
    return Modifiers.apply(constructor.apply(options), options);
  }
}

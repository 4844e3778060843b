package dev.proxima.algorithms.objective;

import java.util.Map;
import java.util.function.Function;

/**
 * What the registry knows of an objective.
 *
 * @param name what a configuration calls it
 * @param defaults every option it has, with its default
 * @param constructor makes it from a value for each of its options
 */
record ObjectiveType(
    String name,
    Map<String, Double> defaults,
    Function<Map<String, Double>, PreferenceObjective> constructor) {}

package dev.proxima.experiments.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one training on given pairs has to show.
 *
 * @param kind what was trained and how
 * @param pairs the number of pairs
 * @param stepsPerPass optimiser steps of one pass over the pairs, at least 1
 * @param steps the metrics of each step by name, at least one pass
 * @param finalFolder the trained model, relative to the run's folder
 * @param config the resolved configuration as text
 */
public record TrainingResult(
    String name,
    long seed,
    TrainingKind kind,
    int pairs,
    int stepsPerPass,
    List<SortedMap<String, Double>> steps,
    String finalFolder,
    String config) {

  public TrainingResult {
    steps = List.copyOf(steps);
    if (stepsPerPass < 1 || steps.isEmpty() || steps.size() % stepsPerPass != 0) {
      throw new IllegalArgumentException(
          steps.size() + " steps are not whole passes of " + stepsPerPass);
    }
  }

  /** The mean of each metric over the steps of each pass, in order. */
  List<SortedMap<String, Double>> passes() {
    List<SortedMap<String, Double>> passes = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += stepsPerPass) {
      SortedMap<String, Double> means = new TreeMap<>();
      for (Map<String, Double> step : steps.subList(from, from + stepsPerPass)) {
        step.forEach((metric, value) -> means.merge(metric, value / stepsPerPass, Double::sum));
      }
      passes.add(means);
    }
    return passes;
  }
}

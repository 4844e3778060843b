package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.experiments.report.RunResult.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The evaluations of a run, found by method, iteration and policy. */
final class Outcomes {

  private final List<Method> methods;
  private final Map<Key, SortedMap<String, Estimate>> byKey = new HashMap<>();
  private final List<Metric> metrics;

  Outcomes(RunResult result) {
    methods = result.methods();
    for (PolicyEvaluation evaluation : result.evaluations()) {
      byKey.put(
          new Key(evaluation.method(), evaluation.iteration(), evaluation.policy()),
          evaluation.metrics());
    }
    metrics =
        result.evaluations().stream()
            .flatMap(evaluation -> evaluation.metrics().keySet().stream())
            .distinct()
            .map(Metric::named)
            .sorted(Comparator.comparingInt(Metric::rank).thenComparing(Metric::name))
            .toList();
  }

  /** All metrics that occur, in the order to show them. */
  List<Metric> metrics() {
    return metrics;
  }

  /** The metric to judge the methods by: the first that has a better direction. */
  Optional<Metric> headline() {
    return metrics.stream().filter(metric -> metric.better() == Metric.Better.HIGHER).findFirst();
  }

  /** The iterations of a method that were evaluated, ascending. */
  List<Integer> iterations(Method method) {
    return byKey.keySet().stream()
        .filter(key -> key.method.equals(method.name()))
        .map(Key::iteration)
        .distinct()
        .sorted()
        .toList();
  }

  /** A method's last evaluated iteration, 0 where there is none. */
  int last(Method method) {
    return iterations(method).stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /**
   * What a policy scored, empty where it was not evaluated. At iteration 0 and without
   * extrapolation the two policies are the same, so one evaluation stands for both.
   */
  SortedMap<String, Estimate> scores(Method method, int iteration, Policy policy) {
    SortedMap<String, Estimate> scores = byKey.get(new Key(method.name(), iteration, policy));
    if (scores == null && !method.extrapolates(iteration)) {
      Policy other = policy == Policy.PROXIMAL ? Policy.EXTRAPOLATED : Policy.PROXIMAL;
      scores = byKey.get(new Key(method.name(), iteration, other));
    }
    return scores == null ? new TreeMap<>() : scores;
  }

  /** The supervised fine-tuned model's scores. */
  SortedMap<String, Estimate> fineTuned() {
    return methods.stream()
        .map(method -> scores(method, 0, Policy.PROXIMAL))
        .filter(scores -> !scores.isEmpty())
        .findFirst()
        .orElseGet(TreeMap::new);
  }

  /** The policies of a method after iteration 0 as table rows, oldest first. */
  List<Row> rows(Method method) {
    List<Row> rows = new ArrayList<>();
    for (int iteration : iterations(method)) {
      for (Policy policy : Policy.values()) {
        boolean shown = policy == Policy.PROXIMAL || method.extrapolates(iteration);
        SortedMap<String, Estimate> scores = scores(method, iteration, policy);
        if (iteration > 0 && shown && !scores.isEmpty()) {
          rows.add(new Row(iteration, policy, scores));
        }
      }
    }
    return rows;
  }

  /** Whether a row is of the method's final model. */
  boolean isResult(Method method, Row row) {
    return row.iteration == last(method) && row.policy == method.shownResult();
  }

  /** The most prompts that any metric was averaged over. */
  int prompts() {
    return byKey.values().stream()
        .flatMapToInt(scores -> scores.values().stream().mapToInt(Estimate::count))
        .max()
        .orElse(0);
  }

  /** The best mean of a metric over everything that the tables show. */
  Optional<Double> best(Metric metric) {
    if (metric.better() == Metric.Better.NEITHER) {
      return Optional.empty();
    }
    return methods.stream()
        .flatMap(method -> rows(method).stream())
        .map(row -> row.scores.get(metric.name()))
        .filter(estimate -> estimate != null)
        .map(Estimate::mean)
        .max(Comparator.naturalOrder());
  }

  /** A policy in a table. */
  record Row(int iteration, Policy policy, SortedMap<String, Estimate> scores) {}

  private record Key(String method, int iteration, Policy policy) {}
}

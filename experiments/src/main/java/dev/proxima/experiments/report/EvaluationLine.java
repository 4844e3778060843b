package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.algorithms.evaluation.Estimate;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A policy's evaluation as one line of plain text. */
public final class EvaluationLine {

  private EvaluationLine() {}

  /** For example "apo 2 proximal: Expected reward 1.234, Win rate against SFT 81.2 %, ...". */
  public static String text(PolicyEvaluation evaluation) {
    String name =
        evaluation.iteration() == 0
            ? "SFT"
            : evaluation.method()
                + " "
                + evaluation.iteration()
                + " "
                + evaluation.policy().name().toLowerCase(Locale.ROOT);
    return evaluation.metrics().entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> Metric.named(entry.getKey()).rank()))
        .map(EvaluationLine::metric)
        .collect(Collectors.joining(", ", name + ": ", ""));
  }

  private static String metric(Map.Entry<String, Estimate> entry) {
    Metric metric = Metric.named(entry.getKey());
    return "%s %s %s"
        .formatted(metric.label(), metric.mean(entry.getValue()), metric.symbol())
        .strip();
  }
}

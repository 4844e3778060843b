package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.experiments.report.RunResult.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The small table that ends a run on the terminal. Plain ASCII but for what the run itself is
 * named, since a container's terminal often speaks nothing else.
 */
public final class OutcomeTable {

  private static final String GAP = "   ";

  private OutcomeTable() {}

  /**
   * The outcome and where to look, as lines that end with a newline.
   *
   * @param folder the run's folder
   */
  public static String text(RunResult result, Path folder) {
    Outcomes outcomes = new Outcomes(result);
    StringBuilder text = new StringBuilder();
    for (List<String> line : aligned(cells(result, outcomes))) {
      text.append(String.join(GAP, line).stripTrailing()).append('\n');
    }
    text.append("\nMean +/- one standard error over ")
        .append(outcomes.prompts())
        .append(" held-out prompts; * marks each method's final model.\n\n");
    text.append("Report   ").append(folder.resolve(Report.PAGE)).append('\n');
    text.append("Numbers  ").append(folder.resolve(Report.SUMMARY)).append('\n');
    String label = "Models   ";
    for (Method method : result.methods()) {
      text.append(label).append(folder.resolve(method.finalFolder())).append('\n');
      label = " ".repeat(label.length());
    }
    return text.toString();
  }

  private static List<List<String>> cells(RunResult result, Outcomes outcomes) {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(""));
    outcomes.metrics().forEach(metric -> head.add(metric.heading()));
    lines.add(head);
    lines.add(line("SFT", outcomes.fineTuned(), outcomes));
    for (Method method : result.methods()) {
      lines.add(List.of(method.label()));
      for (Outcomes.Row row : outcomes.rows(method)) {
        String name = "  " + row.iteration();
        if (row.policy() == Policy.EXTRAPOLATED) {
          name += " extrapolated";
        }
        if (outcomes.isResult(method, row)) {
          name += " *";
        }
        lines.add(line(name, row.scores(), outcomes));
      }
    }
    return lines;
  }

  private static List<String> line(String name, Map<String, Estimate> scores, Outcomes outcomes) {
    List<String> line = new ArrayList<>(List.of(name));
    for (Metric metric : outcomes.metrics()) {
      Estimate estimate = scores.get(metric.name());
      line.add(
          estimate == null
              ? "-"
              : metric.mean(estimate) + " +/- " + metric.standardError(estimate));
    }
    return line;
  }

  /** Pads the first column to the right and all others to the left. */
  private static List<List<String>> aligned(List<List<String>> lines) {
    int columns = lines.get(0).size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    List<List<String>> padded = new ArrayList<>();
    for (List<String> line : lines) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < line.size(); i++) {
        String space = " ".repeat(widths[i] - line.get(i).length());
        cells.add(i == 0 ? line.get(i) + space : space + line.get(i));
      }
      padded.add(cells);
    }
    return padded;
  }
}

package dev.proxima.experiments.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.theory.TheoryResult;
import dev.proxima.algorithms.theory.TheoryResult.Curve;
import dev.proxima.algorithms.theory.TheoryResult.Displacement;
import dev.proxima.algorithms.theory.TheoryResult.PairState;
import dev.proxima.algorithms.theory.TheoryResult.Ratio;
import dev.proxima.algorithms.theory.TheoryResult.Theorem;
import dev.proxima.algorithms.theory.TheoryResult.TradeOffPoint;
import dev.proxima.experiments.UserError;
import dev.proxima.models.io.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the theory laboratory measured, as a table, CSV, JSON and plots. */
public final class TheoryReport {

  private final TheoryResult result;
  private final Map<String, Theorem> theorems = new LinkedHashMap<>();

  public TheoryReport(TheoryResult result) {
    this.result = result;
    theorems.put("theorem_4_4", result.gap());
    theorems.put("theorem_4_8", result.distance());
    theorems.put("theorem_b_2", result.generalPreferences());
  }

  /** A table for people: measured against predicted. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "Theorem 4.1, closed form: greatest error of a probability %.1e",
            result.closedFormError()));
    theorem(text, "Theorem 4.4, sub-optimality gap K / T: K relative to alpha = 0", result.gap());
    theorem(
        text,
        "Theorem 4.8, log of the distance to the optimum: slope relative to alpha = 0",
        result.distance());
    theorem(
        text,
        "Theorem B.2, intransitive preferences, duality gap K / T: K relative to alpha = 0",
        result.generalPreferences());
    text.append(
        "\nThe gap after a few iterations with N sampled pairs each, +/- one standard error\n");
    tradeOff(text);
    displacement(text);
    return text.toString();
  }

  /**
   * Writes {@code summary.json}, a CSV and a plot of each theorem, of the trade-off and of
   * likelihood displacement into a new folder, which appears when it is complete.
   *
   * @throws UserError where there is something already, or it cannot be written
   */
  public void write(Path folder) {
    requireNew(folder);
    Path beside = folder.toAbsolutePath().resolveSibling(folder.getFileName() + ".part");
    try {
      FileTrees.delete(beside);
      Files.createDirectories(beside);
      Files.writeString(beside.resolve("summary.json"), json());
      for (Map.Entry<String, Theorem> theorem : theorems.entrySet()) {
        Files.write(beside.resolve(theorem.getKey() + ".csv"), csv(theorem.getValue()));
      }
      Files.write(beside.resolve("trade_off.csv"), tradeOffCsv());
      Files.write(beside.resolve("displacement.csv"), displacementCsv());
      for (Map.Entry<String, byte[]> image : TheoryCharts.draw(result).entrySet()) {
        Files.write(beside.resolve(image.getKey()), image.getValue());
      }
      Files.move(
          beside, folder, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that nothing would be lost.
   *
   * @throws UserError where the folder has something in it, or is a file
   */
  public static void requireNew(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new UserError(folder + ": exists and is not empty; choose another --out");
      }
    } catch (IOException e) {
      throw new UserError(folder + ": is not a folder; choose another --out", e);
    }
  }

  /** The figures as JSON. */
  String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("theorem_4_1").put("max_abs_error", result.closedFormError());
    theorems.forEach(
        (name, theorem) -> {
          ArrayNode list = root.putArray(name);
          for (Ratio ratio : theorem.ratios()) {
            ObjectNode node = list.addObject();
            node.put("alpha", ratio.alpha());
            node.put("measured", ratio.measured());
            node.put("predicted", ratio.predicted());
            node.putArray("interval").add(ratio.interval().low()).add(ratio.interval().high());
          }
        });
    ArrayNode tradeOff = root.putArray("trade_off");
    for (TradeOffPoint point : result.tradeOff()) {
      ObjectNode node = tradeOff.addObject();
      if (point.pairs() == 0) {
        node.putNull("pairs");
      } else {
        node.put("pairs", point.pairs());
      }
      node.put("alpha", point.alpha());
      node.put("gap", point.gap().mean());
      node.put("standard_error", point.gap().standardError());
    }
    ArrayNode displacement = root.putArray("displacement");
    for (Displacement each : result.displacement()) {
      ObjectNode node = displacement.addObject().put("method", each.method());
      put(node.putObject("reference"), each.first());
      put(node.putObject("final"), each.last());
    }
    return root.toPrettyString() + "\n";
  }

  private static void put(ObjectNode node, PairState state) {
    put(node, "logp_chosen", state.chosen());
    put(node, "logp_rejected", state.rejected());
    put(node, "mass_outside", state.outside());
    put(node, "cosine", state.cosine());
  }

  private static void put(ObjectNode node, String name, Estimate estimate) {
    node.put(name, estimate.mean());
    node.put(name + "_standard_error", estimate.standardError());
  }

  private static void theorem(StringBuilder text, String title, Theorem theorem) {
    text.append('\n').append(title).append('\n');
    text.append(line("  %5s  %9s  %9s  %21s", "alpha", "predicted", "measured", "95 % interval"));
    for (Ratio ratio : theorem.ratios()) {
      text.append(
          line(
              "  %5.2f  %9.4f  %9.4f  %9.4f .. %8.4f",
              ratio.alpha(),
              ratio.predicted(),
              ratio.measured(),
              ratio.interval().low(),
              ratio.interval().high()));
    }
  }

  private void tradeOff(StringBuilder text) {
    Map<Integer, List<Estimate>> rows = new LinkedHashMap<>();
    StringBuilder head = new StringBuilder("  %6s".formatted("N"));
    for (TradeOffPoint point : result.tradeOff()) {
      List<Estimate> row = rows.computeIfAbsent(point.pairs(), n -> new ArrayList<>());
      row.add(point.gap());
      if (rows.size() == 1) {
        head.append(String.format(Locale.ROOT, "  %19s", "alpha " + Numbers.plain(point.alpha())));
      }
    }
    text.append(head).append('\n');
    rows.forEach(
        (pairs, gaps) -> {
          text.append(line("  %6s", pairs == 0 ? "exact" : pairs).stripTrailing());
          gaps.forEach(
              gap ->
                  text.append(
                      String.format(
                          Locale.ROOT, "  %9.4f +/- %.4f", gap.mean(), gap.standardError())));
          text.append('\n');
        });
  }

  private void displacement(StringBuilder text) {
    text.append("\nLikelihood displacement: what gradient descent leaves of a pair, by method\n");
    text.append(
        line(
            "  %-29s  %10s  %12s  %12s  %7s",
            "method", "log pi(yw)", "log pi(yl)", "mass outside", "cosine"));
    if (!result.displacement().isEmpty()) {
      text.append(row("(the reference)", result.displacement().get(0).first()));
    }
    for (Displacement each : result.displacement()) {
      text.append(row(each.method(), each.last()));
    }
  }

  private static String row(String method, PairState state) {
    return line(
        "  %-29s  %10.3f  %12.3f  %12.3f  %7.3f",
        method,
        state.chosen().mean(),
        state.rejected().mean(),
        state.outside().mean(),
        state.cosine().mean());
  }

  private static List<String> csv(Theorem theorem) {
    List<String> lines = new ArrayList<>(List.of("alpha,iteration,value"));
    for (Curve curve : theorem.curves()) {
      for (int t = 0; t < curve.iterations().length; t++) {
        lines.add(curve.alpha() + "," + (long) curve.iterations()[t] + "," + curve.values()[t]);
      }
    }
    return lines;
  }

  private List<String> tradeOffCsv() {
    List<String> lines = new ArrayList<>(List.of("pairs,alpha,gap,standard_error"));
    for (TradeOffPoint point : result.tradeOff()) {
      lines.add(
          (point.pairs() == 0 ? "exact" : String.valueOf(point.pairs()))
              + ","
              + point.alpha()
              + ","
              + point.gap().mean()
              + ","
              + point.gap().standardError());
    }
    return lines;
  }

  private List<String> displacementCsv() {
    List<String> lines =
        new ArrayList<>(List.of("method,step,logp_chosen,logp_rejected,mass_outside,cosine"));
    for (Displacement each : result.displacement()) {
      for (int i = 0; i < each.steps().length; i++) {
        PairState state = each.states().get(i);
        lines.add(
            Stream.of(state.chosen(), state.rejected(), state.outside(), state.cosine())
                .map(estimate -> String.valueOf(estimate.mean()))
                .collect(Collectors.joining(",", each.method() + "," + each.steps()[i] + ",", "")));
      }
    }
    return lines;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).stripTrailing() + "\n";
  }
}

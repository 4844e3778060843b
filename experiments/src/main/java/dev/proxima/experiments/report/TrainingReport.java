package dev.proxima.experiments.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.samskivert.mustache.Mustache;
import dev.proxima.experiments.report.TrainingKind.Shown;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.json.JsonFile;
import java.awt.Font;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/** Shows one training on given pairs: a table of its passes, and its steps as plots. */
public final class TrainingReport {

  private static final String PLOT = "training.png";

  private TrainingReport() {}

  /** Writes {@code summary.json}, {@code plots/training.png} and {@code report.html}. */
  public static void write(TrainingResult result, Path folder) throws IOException {
    JsonFile.write(folder.resolve(Report.SUMMARY), summary(result));
    Optional<byte[]> plot = PlotFont.find().map(font -> plot(result, font));
    if (plot.isPresent()) {
      Path plots = Files.createDirectories(folder.resolve(Report.PLOTS));
      AtomicFiles.write(plots.resolve(PLOT), plot.get());
    }
    AtomicFiles.writeString(folder.resolve(Report.PAGE), page(result, plot));
  }

  /** The table and where to look, in plain ASCII, as lines that end with a newline. */
  public static String text(TrainingResult result, Path folder) {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%4s", "Pass"));
    List<Shown> columns = result.kind().columns();
    columns.forEach(column -> text.append(String.format("  %16s", column.heading())));
    text.append('\n');
    int pass = 0;
    for (SortedMap<String, Double> means : result.passes()) {
      text.append(String.format(Locale.ROOT, "%4d", ++pass));
      columns.forEach(column -> text.append(String.format("  %16s", mean(column, means))));
      text.append('\n');
    }
    text.append("\nReport   ").append(folder.resolve(Report.PAGE)).append('\n');
    text.append("Numbers  ").append(folder.resolve(Report.SUMMARY)).append('\n');
    text.append("Model    ").append(folder.resolve(result.finalFolder())).append('\n');
    return text.toString();
  }

  /** The means of every metric over each pass; a number that is not finite is null. */
  static ObjectNode summary(TrainingResult result) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("name", result.name());
    root.put("seed", result.seed());
    result.kind().settings().forEach(root::putPOJO);
    root.put("pairs", result.pairs());
    root.put("steps", result.steps().size());
    ArrayNode passes = root.putArray("passes");
    for (SortedMap<String, Double> means : result.passes()) {
      ObjectNode pass = passes.addObject();
      means.forEach(
          (metric, mean) -> {
            if (Double.isFinite(mean)) {
              pass.put(metric, mean);
            } else {
              pass.putNull(metric);
            }
          });
    }
    return root;
  }

  private static byte[] plot(TrainingResult result, Font font) {
    return ChartStyle.png(
        result.kind().plots().stream()
            .map(plot -> TrainingChart.draw(font, result, plot.metric(), plot.heading()))
            .toArray(XYChart[]::new));
  }

  private static String mean(Shown column, SortedMap<String, Double> means) {
    return String.format(Locale.ROOT, "%.4f", means.getOrDefault(column.metric(), Double.NaN));
  }

  private static String page(TrainingResult result, Optional<byte[]> plot) throws IOException {
    try (Reader template = ReportPage.resource("training.html.mustache")) {
      return Mustache.compiler()
          .escapeHTML(true)
          .withLoader(ReportPage::resource)
          .compile(template)
          .execute(View.of(result, plot));
    }
  }

  /** What the template sees. */
  private record View(
      String name,
      String title,
      long seed,
      String settings,
      String caption,
      int pairs,
      int steps,
      List<String> headings,
      List<Line> passes,
      String plot,
      String plotted,
      String autoClass,
      String finalFolder,
      String pythonFolder,
      String config) {

    static View of(TrainingResult result, Optional<byte[]> plot) {
      List<SortedMap<String, Double>> passes = result.passes();
      TrainingKind kind = result.kind();
      return new View(
          result.name(),
          kind.title(),
          result.seed(),
          kind.description(),
          kind.caption(),
          result.pairs(),
          result.steps().size(),
          kind.columns().stream().map(Shown::heading).toList(),
          IntStream.range(0, passes.size())
              .mapToObj(pass -> Line.of(pass + 1, passes.get(pass), kind.columns()))
              .toList(),
          plot.map(Base64.getEncoder()::encodeToString).orElse(null),
          kind.plots().stream().map(Shown::heading).collect(Collectors.joining(", ")),
          kind.autoClass(),
          result.finalFolder(),
          ReportPage.pythonString(result.finalFolder()),
          result.config());
    }
  }

  private record Line(int pass, List<String> cells) {

    static Line of(int pass, SortedMap<String, Double> means, List<Shown> columns) {
      return new Line(pass, columns.stream().map(column -> mean(column, means)).toList());
    }
  }
}

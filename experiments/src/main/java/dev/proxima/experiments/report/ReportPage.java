package dev.proxima.experiments.report;

import com.fasterxml.jackson.databind.node.TextNode;
import com.samskivert.mustache.Mustache;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.experiments.report.RunResult.Method;
import dev.proxima.experiments.report.RunResult.StageTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Renders {@code report.html} from its template: one file that holds its style and images. All
 * texts of models and users are escaped by the template engine.
 */
final class ReportPage {

  private static final int SAMPLES = 8;

  private final RunResult result;
  private final Outcomes outcomes;
  private final List<Plot> plots;

  ReportPage(RunResult result, Outcomes outcomes, List<Plot> plots) {
    this.result = result;
    this.outcomes = outcomes;
    this.plots = plots;
  }

  /** The page's HTML. */
  String html() {
    try (Reader template = resource("report.html.mustache")) {
      return Mustache.compiler()
          .escapeHTML(true)
          .withLoader(ReportPage::resource)
          .compile(template)
          .execute(view());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private View view() {
    List<SampleComparison> samples = SampleComparison.first(result, SAMPLES);
    String prompt = samples.isEmpty() ? "Hello" : samples.get(0).prompt();
    return new View(
        result.name(),
        result.task(),
        result.seed(),
        result.methods().stream().mapToInt(outcomes::last).max().orElse(0),
        outcomes.prompts(),
        cards(),
        outcomes.metrics().stream().map(Metric::heading).toList(),
        bodies(),
        plots.stream().map(Figure::of).toList(),
        plots.isEmpty(),
        samples.stream().map(Sample::of).toList(),
        !samples.isEmpty(),
        timings(),
        result.config(),
        result.methods().stream().anyMatch(m -> m.reference() instanceof MovingAverage),
        result.methods(),
        result.methods().isEmpty() ? "" : pythonString(result.methods().get(0).finalFolder()),
        pythonString(prompt));
  }

  /** A method's final score on the metric to judge it by, large. */
  private List<Card> cards() {
    List<Card> cards = new ArrayList<>();
    Optional<Metric> headline = outcomes.headline();
    for (Method method : result.methods()) {
      Estimate after =
          headline
              .map(
                  metric ->
                      outcomes
                          .scores(method, outcomes.last(method), method.shownResult())
                          .get(metric.name()))
              .orElse(null);
      if (after != null) {
        Metric metric = headline.orElseThrow();
        Estimate before = outcomes.fineTuned().get(metric.name());
        cards.add(
            new Card(
                method.name(),
                method.reference().toString(),
                metric.label(),
                metric.symbol().isEmpty() ? "" : " " + metric.symbol(),
                Cell.of(metric, after, false),
                before == null ? null : Cell.of(metric, before, false)));
      }
    }
    return cards;
  }

  private List<Body> bodies() {
    List<Body> bodies = new ArrayList<>();
    bodies.add(
        new Body(
            null, List.of(new Line("SFT", "the starting point", cells(outcomes.fineTuned())))));
    for (Method method : result.methods()) {
      List<Line> lines = new ArrayList<>();
      for (Outcomes.Row row : outcomes.rows(method)) {
        List<String> notes = new ArrayList<>();
        if (row.policy() == Policy.EXTRAPOLATED) {
          double alpha = method.alphas().get(row.iteration() - 1);
          notes.add("extrapolated, α = " + Numbers.plain(alpha));
        }
        if (outcomes.isResult(method, row)) {
          notes.add("the result");
        }
        String note = String.join("; ", notes);
        lines.add(new Line("Iteration " + row.iteration(), note, cells(row.scores())));
      }
      bodies.add(new Body(method.label(), lines));
    }
    return bodies;
  }

  private List<Cell> cells(Map<String, Estimate> scores) {
    List<Cell> cells = new ArrayList<>();
    for (Metric metric : outcomes.metrics()) {
      Estimate estimate = scores.get(metric.name());
      boolean best =
          estimate != null
              && outcomes.best(metric).filter(value -> value == estimate.mean()).isPresent();
      cells.add(estimate == null ? new Cell("–", null, false) : Cell.of(metric, estimate, best));
    }
    return cells;
  }

  private List<Time> timings() {
    double longest = result.timings().stream().mapToDouble(StageTime::seconds).max().orElse(1);
    return result.timings().stream()
        .map(
            time ->
                new Time(
                    time.stage(),
                    Numbers.duration(time.seconds()),
                    Math.round(100 * time.seconds() / longest)))
        .toList();
  }

  /** A Python string literal: JSON's strings are a subset of Python's. */
  static String pythonString(String text) {
    return TextNode.valueOf(text).toString();
  }

  static Reader resource(String name) {
    InputStream in = ReportPage.class.getResourceAsStream("/report/" + name);
    if (in == null) {
      throw new IllegalStateException("the resource report/" + name + " is missing");
    }
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }

  /** What the template sees. */
  private record View(
      String name,
      String task,
      long seed,
      int iterations,
      int prompts,
      List<Card> cards,
      List<String> headings,
      List<Body> bodies,
      List<Figure> figures,
      boolean noFigures,
      List<Sample> samples,
      boolean anySamples,
      List<Time> timings,
      String config,
      boolean averages,
      List<Method> methods,
      String pythonFolder,
      String pythonPrompt) {}

  private record Card(
      String method, String reference, String metric, String unit, Cell after, Cell before) {}

  private record Body(String title, List<Line> lines) {}

  private record Line(String name, String note, List<Cell> cells) {}

  private record Cell(String mean, String error, boolean best) {

    static Cell of(Metric metric, Estimate estimate, boolean best) {
      return new Cell(metric.mean(estimate), metric.standardError(estimate), best);
    }
  }

  private record Figure(String file, String title, String caption, int width, String base64) {

    static Figure of(Plot plot) {
      return new Figure(
          plot.file(),
          plot.title(),
          plot.caption(),
          plot.width(),
          Base64.getEncoder().encodeToString(plot.png()));
    }
  }

  private record Sample(String prompt, List<SampleResponse> responses) {

    static Sample of(SampleComparison comparison) {
      return new Sample(
          comparison.prompt(), comparison.responses().stream().map(SampleResponse::of).toList());
    }
  }

  private record SampleResponse(String model, String text, String reward) {

    static SampleResponse of(SampleComparison.Response response) {
      Double reward = response.reward();
      return new SampleResponse(
          response.model(),
          response.text(),
          reward == null ? null : String.format(Locale.ROOT, "%.2f", reward));
    }
  }

  private record Time(String stage, String duration, long percent) {}
}

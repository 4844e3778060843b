package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.experiments.report.RunResult.Method;
import dev.proxima.experiments.report.RunResult.TrainingStep;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A training metric over the steps of preference optimisation. Every iteration takes one unit of
 * the horizontal axis, however many steps it has, so that methods can be compared.
 */
final class TrainingChart {

  /** The share of an iteration's steps that the moving mean spans. */
  private static final int WINDOWS = 12;

  private TrainingChart() {}

  /** Whether any step of preference optimisation has the metric. */
  static boolean has(RunResult result, String metric) {
    return result.steps().stream()
        .anyMatch(step -> step.iteration() > 0 && step.metrics().containsKey(metric));
  }

  /** The chart, at 520 by 420. */
  static XYChart draw(Font font, RunResult result, String metric, String title) {
    XYChart chart = ChartStyle.chart(font, 520, 420, title, "Iteration", metric);
    int last = 1;
    for (Method method : result.methods()) {
      Color colour = ChartStyle.colour(result.methods().indexOf(method));
      Map<Integer, List<TrainingStep>> iterations =
          result.steps().stream()
              .filter(step -> step.method().equals(method.name()) && step.iteration() > 0)
              .filter(step -> Double.isFinite(step.metrics().getOrDefault(metric, Double.NaN)))
              .collect(
                  Collectors.groupingBy(
                      TrainingStep::iteration, TreeMap::new, Collectors.toList()));
      boolean first = true;
      for (var iteration : iterations.entrySet()) {
        double[] values =
            iteration.getValue().stream().mapToDouble(step -> step.metrics().get(metric)).toArray();
        double[] x = positions(iteration.getKey(), values.length);
        String name = method.name() + " " + iteration.getKey();
        addLine(chart, name + " raw", x, values, ChartStyle.faint(colour), ChartStyle.THIN)
            .setShowInLegend(false);
        addLine(chart, name, x, movingMean(values), colour, ChartStyle.SOLID)
            .setShowInLegend(first)
            .setLabel(IterationChart.name(method, Policy.PROXIMAL));
        first = false;
        last = Math.max(last, iteration.getKey());
      }
    }
    ChartStyle.iterationAxis(chart, last);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMax((double) last);
    chart.getStyler().setPlotGridVerticalLinesVisible(true);
    return chart;
  }

  /** A metric over the steps of a single training, at 520 by 420. */
  static XYChart draw(Font font, TrainingResult result, String metric, String title) {
    XYChart chart = ChartStyle.chart(font, 520, 420, title, "Step", metric);
    Color colour = ChartStyle.colour(0);
    double[] values =
        result.steps().stream()
            .mapToDouble(step -> step.getOrDefault(metric, Double.NaN))
            .filter(Double::isFinite)
            .toArray();
    double[] x = new double[values.length];
    Arrays.setAll(x, i -> i + 1);
    if (values.length > 0) {
      addLine(chart, metric + " raw", x, values, ChartStyle.faint(colour), ChartStyle.THIN);
      addLine(chart, metric, x, movingMean(values), colour, ChartStyle.SOLID);
    }
    chart.getStyler().setLegendVisible(false);
    return chart;
  }

  private static XYSeries addLine(
      XYChart chart, String name, double[] x, double[] y, Color colour, BasicStroke stroke) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setLineStyle(stroke);
    return series;
  }

  /** The middles of n equal parts of the unit that ends at {@code iteration}. */
  private static double[] positions(int iteration, int n) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = iteration - 1 + (i + 0.5) / n;
    }
    return x;
  }

  /** The mean over a window around each value, cut off at the ends. */
  static double[] movingMean(double[] values) {
    int reach = values.length / WINDOWS / 2;
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(values.length, i + reach + 1);
      means[i] = Arrays.stream(values, from, to).average().orElseThrow();
    }
    return means;
  }
}

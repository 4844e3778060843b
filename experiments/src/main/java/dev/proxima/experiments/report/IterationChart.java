package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.experiments.report.RunResult.Method;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.Marker;

/** One metric over the iterations, with a line for each policy of each method. */
final class IterationChart {

  /** How far apart the methods' points are drawn, so that their error bars can be told apart. */
  private static final double DODGE = 0.025;

  private static final double COIN_FLIP = 0.5;

  private IterationChart() {}

  /** The chart, at 760 by 460. */
  static XYChart draw(Font font, RunResult result, Outcomes outcomes, Metric metric) {
    XYChart chart =
        ChartStyle.chart(
            font,
            760,
            460,
            metric.label() + " on held-out prompts, by iteration",
            "Iteration (0 is the SFT model)",
            metric.heading());
    if (metric.name().equals(Metric.WIN_RATE)) {
      chart.addAnnotation(new AnnotationLine(metric.shown(COIN_FLIP), false, false));
    }
    int last = 0;
    for (Method method : result.methods()) {
      last = Math.max(last, outcomes.last(method));
      int index = result.methods().indexOf(method);
      double shift = DODGE * (index - (result.methods().size() - 1) / 2.0);
      for (Policy policy : Policy.values()) {
        if (policy == Policy.PROXIMAL || method.extrapolates()) {
          addLine(chart, outcomes, metric, method, policy, shift, ChartStyle.colour(index));
        }
      }
    }
    ChartStyle.iterationAxis(chart, last);
    return chart;
  }

  /** The legend's name of a policy. */
  static String name(Method method, Policy policy) {
    return policy == Policy.PROXIMAL ? method.label() : method.label() + ", extrapolated";
  }

  /** A line: solid and filled for the proximal policy, dashed and open for the extrapolated one. */
  static void addLine(
      XYChart chart,
      String name,
      Policy policy,
      Color colour,
      List<Double> x,
      List<Double> y,
      List<Double> bars) {
    boolean proximal = policy == Policy.PROXIMAL;
    Marker marker = proximal ? ChartStyle.FILLED : ChartStyle.OPEN;
    XYSeries line = chart.addSeries(name, x, y, bars);
    line.setLineColor(colour);
    line.setLineStyle(proximal ? ChartStyle.SOLID : ChartStyle.DASHED);
    line.setMarkerColor(colour);
    line.setMarker(marker);
    // XChart draws lines and bars across the markers, so these are drawn once more on top.
    XYSeries points = chart.addSeries(name + " points", x, y);
    points.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    points.setMarkerColor(colour);
    points.setMarker(marker);
    points.setShowInLegend(false);
  }

  private static void addLine(
      XYChart chart,
      Outcomes outcomes,
      Metric metric,
      Method method,
      Policy policy,
      double shift,
      Color colour) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    List<Double> bars = new ArrayList<>();
    for (int iteration : outcomes.iterations(method)) {
      Estimate estimate = outcomes.scores(method, iteration, policy).get(metric.name());
      if (estimate != null && Double.isFinite(estimate.mean())) {
        x.add(iteration + shift);
        y.add(metric.shown(estimate.mean()));
        bars.add(metric.shown(estimate.standardError()));
      }
    }
    if (!x.isEmpty()) {
      addLine(chart, name(method, policy), policy, colour, x, y, bars);
    }
  }
}

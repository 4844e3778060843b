package dev.proxima.experiments.report;

import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.theory.TheoryResult;
import dev.proxima.algorithms.theory.TheoryResult.Curve;
import dev.proxima.algorithms.theory.TheoryResult.Displacement;
import dev.proxima.algorithms.theory.TheoryResult.PairState;
import dev.proxima.algorithms.theory.TheoryResult.Theorem;
import dev.proxima.algorithms.theory.TheoryResult.TradeOffPoint;
import java.awt.Font;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The theory laboratory's plots. */
final class TheoryCharts {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 460;

  /** What a legend of a line for each method takes more than one in a row. */
  private static final int LEGEND = 100;

  private TheoryCharts() {}

  /** PNG images by file name; none where this Java cannot draw text. */
  static Map<String, byte[]> draw(TheoryResult result) {
    Optional<Font> font = PlotFont.find();
    if (font.isEmpty()) {
      return Map.of();
    }
    Map<String, byte[]> images = new LinkedHashMap<>();
    images.put(
        "theorem_4_4.png",
        ChartStyle.png(
            logarithmic(
                curves(
                    font.get(),
                    "Theorem 4.4: sub-optimality gap against T",
                    "Sub-optimality gap",
                    result.gap()))));
    images.put(
        "theorem_4_8.png",
        ChartStyle.png(
            curves(
                font.get(),
                "Theorem 4.8: distance to the optimal policy against T",
                "log of the total variation distance",
                result.distance())));
    images.put(
        "theorem_b_2.png",
        ChartStyle.png(
            logarithmic(
                curves(
                    font.get(),
                    "Theorem B.2: duality gap of the average policy against T",
                    "Duality gap",
                    result.generalPreferences()))));
    images.put("trade_off.png", ChartStyle.png(tradeOff(font.get(), result.tradeOff())));
    images.put(
        "displacement.png",
        ChartStyle.png(
            displacement(
                font.get(),
                "Likelihood displacement: log π of the preferred",
                "log π(y_w)",
                result.displacement(),
                PairState::chosen),
            displacement(
                font.get(),
                "Mass outside the pair",
                "Probability",
                result.displacement(),
                PairState::outside)));
    return images;
  }

  private static XYChart curves(Font font, String title, String y, Theorem theorem) {
    XYChart chart = ChartStyle.chart(font, WIDTH, HEIGHT, title, "Iteration T", y);
    for (int i = 0; i < theorem.curves().size(); i++) {
      Curve curve = theorem.curves().get(i);
      // A logarithmic axis has no place for iteration 0.
      int from = curve.iterations()[0] == 0 ? 1 : 0;
      List<Double> x = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      for (int t = from; t < curve.iterations().length; t++) {
        x.add(curve.iterations()[t]);
        values.add(curve.values()[t]);
      }
      line(chart, "α = " + Numbers.plain(curve.alpha()), i, x, values);
    }
    return chart;
  }

  private static XYChart logarithmic(XYChart chart) {
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    return chart;
  }

  private static XYChart tradeOff(Font font, List<TradeOffPoint> points) {
    XYChart chart =
        ChartStyle.chart(
            font,
            WIDTH,
            HEIGHT,
            "Optimisation against statistics: the gap with N sampled pairs",
            "α",
            "Sub-optimality gap");
    chart.getStyler().setYAxisLogarithmic(true);
    Map<Integer, List<TradeOffPoint>> byPairs = new LinkedHashMap<>();
    points.forEach(
        point -> byPairs.computeIfAbsent(point.pairs(), n -> new ArrayList<>()).add(point));
    int colour = 0;
    for (Map.Entry<Integer, List<TradeOffPoint>> each : byPairs.entrySet()) {
      XYSeries series =
          line(
              chart,
              each.getKey() == 0 ? "exact" : "N = " + each.getKey(),
              colour++,
              each.getValue().stream().map(TradeOffPoint::alpha).toList(),
              each.getValue().stream().map(point -> point.gap().mean()).toList());
      series.setMarker(ChartStyle.FILLED);
    }
    return chart;
  }

  private static XYChart displacement(
      Font font,
      String title,
      String y,
      List<Displacement> methods,
      Function<PairState, Estimate> value) {
    XYChart chart = ChartStyle.chart(font, WIDTH, HEIGHT + LEGEND, title, "Step", y);
    chart.getStyler().setLegendLayout(LegendLayout.Vertical);
    for (int i = 0; i < methods.size(); i++) {
      Displacement method = methods.get(i);
      line(
          chart,
          method.method(),
          i,
          IntStream.of(method.steps()).mapToObj(step -> (double) step).toList(),
          method.states().stream().map(state -> value.apply(state).mean()).toList());
    }
    return chart;
  }

  private static XYSeries line(
      XYChart chart, String name, int colour, List<Double> x, List<Double> y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(ChartStyle.colour(colour));
    series.setMarkerColor(ChartStyle.colour(colour));
    series.setLineStyle(ChartStyle.SOLID);
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }
}

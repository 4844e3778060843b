package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.experiments.report.RunResult.Method;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;

/** Expected reward against the distance from the supervised fine-tuned model. */
final class RewardKlChart {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 480;

  /** How far a label stands from its point, to the right and below. */
  private static final double LABEL_OFFSET = 18;

  private RewardKlChart() {}

  /** The chart, at 760 by 480. */
  static XYChart draw(Font font, RunResult result, Outcomes outcomes) {
    Metric reward = Metric.named(Metric.REWARD);
    Metric kl = Metric.named(Metric.KL);
    XYChart chart =
        ChartStyle.chart(
            font,
            WIDTH,
            HEIGHT,
            "What reward costs in distance from the SFT model",
            kl.heading(),
            reward.heading());
    List<Point> labelled = new ArrayList<>();
    for (Method method : result.methods()) {
      for (Policy policy : Policy.values()) {
        if (policy == Policy.PROXIMAL || method.extrapolates()) {
          List<Point> points = points(outcomes, method, policy);
          if (!points.isEmpty()) {
            IterationChart.addLine(
                chart,
                IterationChart.name(method, policy),
                policy,
                ChartStyle.colour(result.methods().indexOf(method)),
                points.stream().map(Point::kl).toList(),
                points.stream().map(Point::reward).toList(),
                points.stream().map(Point::bar).toList());
          }
          if (policy == Policy.PROXIMAL) {
            labelled.addAll(points);
          }
        }
      }
    }
    label(chart, labelled);
    return chart;
  }

  private static List<Point> points(Outcomes outcomes, Method method, Policy policy) {
    List<Point> points = new ArrayList<>();
    for (int iteration : outcomes.iterations(method)) {
      Map<String, Estimate> scores = outcomes.scores(method, iteration, policy);
      Estimate kl = scores.get(Metric.KL);
      Estimate reward = scores.get(Metric.REWARD);
      if (kl != null && reward != null && Double.isFinite(kl.mean() + reward.mean())) {
        points.add(new Point(iteration, kl.mean(), reward.mean(), reward.standardError()));
      }
    }
    return points;
  }

  private static void label(XYChart chart, List<Point> points) {
    double low = points.stream().mapToDouble(point -> point.reward).min().orElse(0);
    double high = points.stream().mapToDouble(point -> point.reward).max().orElse(0);
    double right = points.stream().mapToDouble(point -> point.kl).max().orElse(0);
    double drop = (high - low) * LABEL_OFFSET / HEIGHT;
    double shift = right * LABEL_OFFSET / WIDTH;

    boolean start = false;
    for (Point point : points) {
      if (point.iteration > 0 || !start) {
        start |= point.iteration == 0;
        String text = point.iteration == 0 ? "SFT" : String.valueOf(point.iteration);
        chart.addAnnotation(
            new AnnotationText(
                text, point.kl + shift * (1 + text.length()) / 2, point.reward - drop, false));
      }
    }
  }

  private record Point(int iteration, double kl, double reward, double bar) {}
}

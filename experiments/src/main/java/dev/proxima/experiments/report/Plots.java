package dev.proxima.experiments.report;

import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;

/** Chooses the plots that a run's data allow and draws them. */
final class Plots {

  private static final String LOSS = "loss";
  private static final String MARGINS = "rewards/margins";
  private static final String COSINE = "gradients/cosine";

  private Plots() {}

  /** The plots, in the order to show them; none where this Java cannot draw text. */
  static List<Plot> draw(RunResult result, Outcomes outcomes) {
    Optional<Font> found = PlotFont.find();
    if (found.isEmpty()) {
      return List.of();
    }
    Font font = found.get();
    List<Plot> plots = new ArrayList<>();
    for (Metric metric : outcomes.metrics()) {
      if (metric.plotted()) {
        plots.add(
            plot(
                file(metric),
                iterationCaption(result, metric),
                IterationChart.draw(font, result, outcomes, metric)));
      }
    }
    Set<String> names = outcomes.metrics().stream().map(Metric::name).collect(Collectors.toSet());
    if (names.containsAll(Set.of(Metric.REWARD, Metric.KL))) {
      plots.add(
          plot(
              "reward_vs_kl.png",
              "Each path starts at the SFT model and goes through the iterations, whose numbers"
                  + " stand beside the points. Up is better; further right means further away from"
                  + " the SFT model. Of two points at the same height, the one on the left earned"
                  + " its reward with less drift. The bars are one standard error of the reward.",
              RewardKlChart.draw(font, result, outcomes)));
    }
    List<XYChart> training = new ArrayList<>();
    if (TrainingChart.has(result, LOSS)) {
      training.add(TrainingChart.draw(font, result, LOSS, "Training loss"));
    }
    if (TrainingChart.has(result, MARGINS)) {
      training.add(TrainingChart.draw(font, result, MARGINS, "Reward margin in training"));
    }
    if (!training.isEmpty()) {
      plots.add(
          plot(
              "training.png",
              training.size() == 1 ? training.get(0).getTitle() : "Training, step by step",
              "Every iteration spans one unit, from its first step to its last; the strong line is"
                  + " a moving mean of the faint one. The margin is how much more implicit reward"
                  + " the model gives to the preferred response than to the other. Both start"
                  + " afresh in each iteration, because the reference model is then a new one.",
              training.toArray(XYChart[]::new)));
    }
    if (TrainingChart.has(result, COSINE)) {
      plots.add(displacement(font, result));
      plots.add(gradients(font, result));
    }
    return plots;
  }

  private static Plot displacement(Font font, RunResult result) {
    return plot(
        "displacement.png",
        "Likelihood displacement, step by step",
        "How likely the model finds the preferred and the other responses of the pairs it trains on."
            + " Where the left line falls along with the right one, probability moves away from"
            + " both.",
        TrainingChart.draw(font, result, "logps/chosen", "Preferred responses"),
        TrainingChart.draw(font, result, "logps/rejected", "Other responses"));
  }

  private static Plot gradients(Font font, RunResult result) {
    return plot(
        "gradients.png",
        "Gradients of a pair, step by step",
        "The norms of the gradients of both log-probabilities, and the cosine between them. The"
            + " nearer the cosine is to 1, the more a step that makes the other response less"
            + " likely also lowers the preferred one.",
        TrainingChart.draw(font, result, "gradients/chosen_norm", "Gradient norm, preferred"),
        TrainingChart.draw(font, result, "gradients/rejected_norm", "Gradient norm, other"),
        TrainingChart.draw(font, result, COSINE, "Cosine of the gradients"));
  }

  private static Plot plot(String file, String caption, XYChart chart) {
    return plot(file, chart.getTitle(), caption, chart);
  }

  private static Plot plot(String file, String title, String caption, XYChart... charts) {
    int width = 0;
    for (XYChart chart : charts) {
      width += chart.getWidth();
    }
    return new Plot(file, title, caption, width, ChartStyle.png(charts));
  }

  private static String file(Metric metric) {
    return switch (metric.name()) {
      case Metric.REWARD -> "reward.png";
      case Metric.WIN_RATE -> "win_rate.png";
      default -> metric.fileName() + ".png";
    };
  }

  private static String iterationCaption(RunResult result, Metric metric) {
    String caption = "The bars are one standard error over the held-out prompts.";
    if (metric.name().equals(Metric.WIN_RATE)) {
      caption =
          "How often a response beats the SFT model's response to the same prompt; at the dotted"
              + " line, 50 %, the two are equal. "
              + caption;
    }
    if (metric.better() == Metric.Better.HIGHER) {
      caption = "Higher is better. " + caption;
    }
    if (result.methods().stream().anyMatch(RunResult.Method::extrapolates)) {
      caption +=
          " Solid lines are the trained (proximal) models; dashed lines are the extrapolated"
              + " models, from which the next iteration goes on.";
    }
    return caption;
  }
}

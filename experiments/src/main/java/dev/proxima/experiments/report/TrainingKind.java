package dev.proxima.experiments.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the report of one kind of training on given pairs says of its own.
 *
 * @param title what it is, in two words
 * @param settings what was trained with, in order, by the names of {@code summary.json}
 * @param caption what the table's numbers are, for people
 * @param columns of the table, by metric
 * @param plots over the steps, by metric, at least one
 * @param autoClass the class of transformers that reads the result
 */
public record TrainingKind(
    String title,
    Map<String, Object> settings,
    String caption,
    List<Shown> columns,
    List<Shown> plots,
    String autoClass) {

  /** A metric with its heading. */
  public record Shown(String metric, String heading) {}

  /**
   * Preference optimisation.
   *
   * @param objective the loss by its name
   * @param beta the KL strength
   */
  public static TrainingKind preference(String objective, double beta) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("objective", objective);
    settings.put("beta", beta);
    return new TrainingKind(
        "preference optimisation",
        settings,
        "Means over each pass over the pairs. The reward is beta times the log-ratio of the trained model to the one"
            + " that it started from; the accuracy is how often the chosen response has the higher one.",
        List.of(
            new Shown("loss", "Loss"),
            new Shown("rewards/chosen", "Reward, chosen"),
            new Shown("rewards/rejected", "Reward, rejected"),
            new Shown("rewards/margins", "Margin"),
            new Shown("rewards/accuracies", "Accuracy")),
        List.of(
            new Shown("loss", "Training loss"),
            new Shown("rewards/margins", "Reward margin"),
            new Shown("rewards/accuracies", "Reward accuracy")),
        "AutoModelForCausalLM");
  }

  /**
   * A reward model.
   *
   * @param centring weight of the squared sum of a pair's rewards
   */
  public static TrainingKind rewardModel(double centring) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("objective", "bradley-terry");
    settings.put("center_rewards_coefficient", centring);
    return new TrainingKind(
        "reward model",
        settings,
        "Means over each pass over the pairs. The margin is the reward of the chosen response less that of the"
            + " rejected one; the accuracy is how often it is above 0.",
        List.of(
            new Shown("loss", "Loss"),
            new Shown("mean_reward", "Reward"),
            new Shown("margin", "Margin"),
            new Shown("accuracy", "Accuracy")),
        List.of(
            new Shown("loss", "Training loss"),
            new Shown("margin", "Reward margin"),
            new Shown("accuracy", "Reward accuracy")),
        "AutoModelForSequenceClassification");
  }

  /** The settings for people: "objective dpo, beta 0.1". */
  String description() {
    return settings.entrySet().stream()
        .map(
            setting ->
                setting.getKey().replace('_', ' ')
                    + " "
                    + (setting.getValue() instanceof Double number
                        ? Numbers.plain(number)
                        : setting.getValue()))
        .collect(Collectors.joining(", "));
  }
}

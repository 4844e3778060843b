package dev.proxima.experiments.run;

import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.DataSettings;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.data.PreferencePair;
import dev.proxima.experiments.data.PreferencePairs;
import dev.proxima.experiments.data.PromptPartition;
import dev.proxima.experiments.reviews.ReviewData;
import java.nio.file.Path;

/** An experiment's data as text, made or read before anything is written. */
sealed interface RawData {

  /** The task that Proxima makes itself. */
  record Reviews(ReviewData data) implements RawData {}

  /**
   * The user's own pairs.
   *
   * @param ties lines without a preference, which were left out
   */
  record Pairs(DataSettings.Pairs settings, PromptPartition.Split<PreferencePair> split, int ties)
      implements RawData {}

  /**
   * @throws UserError where a file is not what it should be, or sizes are out of range
   */
  static RawData load(ExperimentConfig config) {
    long seed = config.settings().seed();
    if (config.data() instanceof DataSettings.Pairs settings) {
      PreferencePairs all = PreferencePairs.read(settings.file());
      return new Pairs(settings, all.split(settings.heldOut(), seed), all.ties());
    }
    DataSettings.Reviews sizes = (DataSettings.Reviews) config.data();
    try {
      return new Reviews(
          ReviewData.generate(
              seed,
              new ReviewData.Sizes(
                  sizes.fineTuningExamples(),
                  sizes.promptsPerIteration() * iterations(config),
                  sizes.evaluationPrompts(),
                  sizes.staticPreferencePairs())));
    } catch (IllegalArgumentException e) {
      throw new UserError("data: " + e.getMessage(), e);
    }
  }

  /** The most iterations of any method. */
  static int iterations(ExperimentConfig config) {
    return config.settings().methods().stream()
        .mapToInt(method -> method.outerLoop().iterations())
        .max()
        .orElseThrow();
  }

  /** Writes what was made here, not read, so that users see the format. */
  default void write(Path folder) {
    if (this instanceof Reviews reviews) {
      reviews.data().write(folder);
    }
  }
}

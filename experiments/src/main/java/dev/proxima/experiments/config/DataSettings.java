package dev.proxima.experiments.config;

import java.nio.file.Path;

/** Where the data of an experiment come from. */
public sealed interface DataSettings {

  /**
   * The task that Proxima makes itself: product reviews with a latent reward.
   *
   * @param fineTuningExamples reviews for supervised fine-tuning
   * @param promptsPerIteration fresh prompts that every iteration samples responses for
   * @param evaluationPrompts held-out prompts
   * @param staticPreferencePairs labelled pairs written beside the run's data; no run reads them
   */
  record Reviews(
      int fineTuningExamples,
      int promptsPerIteration,
      int evaluationPrompts,
      int staticPreferencePairs)
      implements DataSettings {}

  /**
   * The user's own preference pairs.
   *
   * @param file JSONL of prompt, chosen and rejected
   * @param heldOut share of the pairs that is kept for evaluation, in (0, 1)
   * @param maxPairs most pairs to use, 0 for all
   * @param answeredPrompts held-out prompts that every policy answers for people to read
   * @param maxPromptTokens longest prompt
   * @param maxResponseTokens longest response, the end token included
   * @param overlong what becomes of a longer pair
   */
  record Pairs(
      Path file,
      double heldOut,
      int maxPairs,
      int answeredPrompts,
      int maxPromptTokens,
      int maxResponseTokens,
      Overlong overlong)
      implements DataSettings {

    /** What becomes of a pair that is longer than the limits. */
    public enum Overlong {
      DROP,
      TRUNCATE
    }
  }

  /** The values of {@code data.task}. */
  enum Task {
    REVIEWS,
    PAIRS
  }

  /** Reads the keys of the task that {@code data.task} names. */
  static DataSettings read(Section data) {
    return switch (data.choice("task", Task.class)) {
      case REVIEWS ->
          new Reviews(
              data.count("fine-tuning-examples", 1),
              data.count("prompts-per-iteration", 1),
              data.count("evaluation-prompts", 1),
              data.count("static-preference-pairs", 0));
      case PAIRS ->
          new Pairs(
              data.file("pairs", "the path of a JSONL file, as in --set data.pairs=FILE.jsonl"),
              data.number("held-out", Accepted.BETWEEN_ZERO_AND_ONE),
              data.count("max-pairs", 0),
              data.count("answered-prompts", 0),
              data.count("max-prompt-tokens", 1),
              data.count("max-response-tokens", 1),
              data.choice("overlong", Pairs.Overlong.class));
    };
  }
}

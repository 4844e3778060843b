package dev.proxima.experiments.config;

import dev.proxima.experiments.data.PromptedResponses.Strings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A reward model that sampled responses are paired by.
 *
 * @param strings what prompts and responses are to it
 */
public record RewardModelSettings(Path folder, Strings strings) {

  /** Empty where the task itself rewards responses. */
  static Optional<RewardModelSettings> read(Section section) {
    return section
        .optionalFile("folder", "the path of a reward model's folder, or null")
        .map(folder -> new RewardModelSettings(folder, section.choice("strings", Strings.class)));
  }
}

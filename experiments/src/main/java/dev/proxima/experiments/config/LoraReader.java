package dev.proxima.experiments.config;

import dev.proxima.experiments.UserError;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.lora.LoraModule;

/** Reads {@link LoraOptions}. */
final class LoraReader {

  private static final String TARGETS = "target-modules";

  private LoraReader() {}

  static LoraOptions read(Section section) {
    LoraOptions options =
        new LoraOptions(
            section.count("rank", 0),
            section.number("alpha", Accepted.POSITIVE),
            section.number("dropout", Accepted.ZERO_TO_BELOW_ONE),
            section.texts(TARGETS, "a list of names such as [q_proj, v_proj], or []"),
            section.flag("rslora"));
    return options.enabled() ? options : LoraOptions.NONE;
  }

  /** Refuses names of modules that a model does not have. */
  static void checkTargets(Section section, LoraOptions options, ModelConfig model) {
    try {
      LoraModule.targeted(model, options);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          Origins.where(section.config().getValue(TARGETS)) + ": " + e.getMessage(), e);
    }
  }
}

package dev.proxima.experiments.config;

import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.Optimisation;
import dev.proxima.models.ResponseEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One training on given pairs, without an outer loop. */
public sealed interface PairsConfig extends RunConfig permits PreferenceConfig, RewardModelConfig {

  String name();

  /** Every random draw derives from it. */
  long seed();

  Start start();

  Data data();

  /** Passes over the pairs. */
  int epochs();

  /** Pairs per optimiser step. */
  int batchSize();

  Optimisation optimisation();

  /** Whether adapters are trained in place of all parameters. */
  default boolean adapters() {
    return optimisation().lora().enabled();
  }

  /** Optimiser steps between two checkpoints; 0 for only one at the end. */
  int checkpointSteps();

  ComputeDevice device();

  /** How tensors are computed. */
  EngineOptions engine();

  /** The model to begin with. */
  sealed interface Start {}

  /** A model folder. */
  record Folder(Path path) implements Start {}

  /**
   * A model made for the pairs.
   *
   * @param vocabularySize tokens to train the tokenizer to, special tokens included
   * @param fineTuning on the chosen responses
   */
  record Scratch(ModelShape shape, int vocabularySize, FineTuning fineTuning) implements Start {}

  /**
   * The pairs.
   *
   * @param pairs JSONL of prompt, chosen and rejected
   * @param maxPairs most pairs to use, 0 for all
   * @param encoding how they become tokens
   */
  record Data(
      Path pairs, int maxPairs, Strings strings, ResponseEncoder.Options encoding, Order order) {}

  /** The order of the pairs in every pass. */
  enum Order {
    SHUFFLED,
    FILE
  }

  /** The model to begin with. */
  static Start start(Section root) {
    Section model = root.section("model");
    Optional<Path> folder = model.optionalFile("folder", "the path of a model folder, or null");
    return folder.isPresent()
        ? new Folder(folder.get())
        : new Scratch(
            ModelShape.read(model),
            root.section("tokenizer").count("vocab-size", ExperimentConfig.MIN_VOCABULARY),
            RunSettingsReader.fineTuning(root.section("fine-tuning")));
  }

  /** The pairs. */
  static Data data(Section root) {
    Section data = root.section("data");
    Section preference = root.section("preference");
    return new Data(
        data.file("pairs", "the path of a JSONL file, as in --set data.pairs=FILE.jsonl"),
        data.count("max-pairs", 0),
        preference.choice("strings", Strings.class),
        new ResponseEncoder.Options(
            preference.count("max-length", 2),
            preference.choice("truncation", ResponseEncoder.Truncation.class),
            preference.choice("join", ResponseEncoder.Joining.class),
            preference.flag("special-tokens"),
            preference.flag("end-token")),
        preference.choice("order", Order.class));
  }

  /** The one device. */
  static ComputeDevice device(Section root) {
    List<ComputeDevice> devices = ExperimentConfig.devices(root);
    root.check("devices", devices.size() == 1, devices, "one device: this task uses no more");
    return devices.get(0);
  }
}

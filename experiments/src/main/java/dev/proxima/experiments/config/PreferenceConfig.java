package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.ResponseEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One training on given pairs, without an outer loop: {@code task = preference}.
 *
 * @param seed every random draw derives from it
 * @param start the model to begin with, which is also the reference
 * @param training of which the replicas and an iteration's beta do not apply: there is one of each
 * @param checkpointSteps optimiser steps between two checkpoints; 0 for only one at the end
 * @param engine how tensors are computed
 */
public record PreferenceConfig(
    String name,
    long seed,
    Start start,
    Data data,
    PreferenceTraining training,
    int checkpointSteps,
    Path out,
    ComputeDevice device,
    EngineOptions engine,
    String resolved)
    implements RunConfig {

  /** The model to begin with. */
  public sealed interface Start {}

  /** A model folder. */
  public record Folder(Path path) implements Start {}

  /**
   * A model made for the pairs.
   *
   * @param vocabularySize tokens to train the tokenizer to, special tokens included
   * @param fineTuning on the chosen responses
   */
  public record Scratch(ModelShape shape, int vocabularySize, FineTuning fineTuning)
      implements Start {}

  /**
   * The pairs.
   *
   * @param pairs JSONL of prompt, chosen and rejected
   * @param maxPairs most pairs to use, 0 for all
   * @param encoding how they become tokens
   */
  public record Data(
      Path pairs, int maxPairs, Strings strings, ResponseEncoder.Options encoding, Order order) {}

  /** The order of the pairs in every pass. */
  public enum Order {
    SHUFFLED,
    FILE
  }

  static PreferenceConfig load(Path file, Overrides overrides) {
    Config config = ConfigLayers.checked(file, overrides);
    Section root = new Section("", config);
    List<ComputeDevice> devices = ExperimentConfig.devices(root);
    root.check("devices", devices.size() == 1, devices, "one device: this task uses no more");
    return new PreferenceConfig(
        RunSettingsReader.name(root),
        root.wholeNumber("seed"),
        start(root),
        data(root.section("data"), root.section("preference")),
        training(root.section("training"), root.section("spo")),
        root.section("training").count("checkpoint-steps", 0),
        root.file("out", "the path of a folder"),
        devices.get(0),
        ExperimentConfig.engine(root),
        ConfigLayers.render(config));
  }

  public PreferenceObjective objective() {
    return training.objectiveAt(1);
  }

  public double beta() {
    return training.betaAt(1);
  }

  /**
   * Of everything but {@code out}, {@code devices}, {@code threads} and {@code checkpoint-steps}.
   */
  @Override
  public String fingerprint() {
    return RunConfig.fingerprint(
        List.of(Task.PREFERENCE, name, seed, start, data, training, engine.withThreads(0)));
  }

  private static Start start(Section root) {
    Section model = root.section("model");
    Optional<Path> folder = model.optionalFile("folder", "the path of a model folder, or null");
    return folder.isPresent()
        ? new Folder(folder.get())
        : new Scratch(
            ModelShape.read(model),
            root.section("tokenizer").count("vocab-size", ExperimentConfig.MIN_VOCABULARY),
            RunSettingsReader.fineTuning(root.section("fine-tuning")));
  }

  private static Data data(Section data, Section preference) {
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

  private static PreferenceTraining training(Section section, Section spo) {
    PreferenceTraining training = RunSettingsReader.training(section, spo);
    section.check(
        "replicas", training.replicas().count() == 1, training, "1: this task has no more");
    section.check(
        "beta", training.beta().size() == 1, training, "one number: it has no iterations");
    section.check(
        "objective",
        !training.needs(PairDetail.REWARDS),
        training,
        "one that needs no rewards: given pairs have none");
    return training;
  }
}

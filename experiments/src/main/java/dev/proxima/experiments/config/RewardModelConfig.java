package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import dev.proxima.algorithms.preference.BradleyTerryLoss;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Optimisation;
import java.nio.file.Path;
import java.util.List;

/**
 * The training of a reward model on given pairs: {@code task = reward-model}.
 *
 * @param seed every random draw derives from it
 * @param start the model to begin with: a reward model, or a language model that gets a fresh head
 * @param data of whose encoding the truncation and the joining do not apply
 * @param epochs passes over the pairs
 * @param batchSize pairs per optimiser step
 * @param checkpointSteps optimiser steps between two checkpoints; 0 for only one at the end
 * @param engine how tensors are computed
 */
public record RewardModelConfig(
    String name,
    long seed,
    Start start,
    Data data,
    BradleyTerryLoss loss,
    int epochs,
    int batchSize,
    Optimisation optimisation,
    int checkpointSteps,
    Path out,
    ComputeDevice device,
    EngineOptions engine,
    String resolved)
    implements PairsConfig {

  static RewardModelConfig of(Config config) {
    Section root = new Section("", config);
    Section training = root.section("training");
    return new RewardModelConfig(
        RunSettingsReader.name(root),
        root.wholeNumber("seed"),
        PairsConfig.start(root),
        PairsConfig.data(root),
        new BradleyTerryLoss(training.number("center-rewards-coefficient", Accepted.NON_NEGATIVE)),
        training.count("epochs", 1),
        training.count("batch-size", 1),
        optimisation(training),
        training.count("checkpoint-steps", 0),
        root.file("out", "the path of a folder"),
        PairsConfig.device(root),
        ExperimentConfig.engine(root),
        ConfigLayers.render(config));
  }

  private static Optimisation optimisation(Section training) {
    Section lora = training.section("lora");
    LoraOptions adapters = LoraReader.read(lora);
    lora.check("rank", !adapters.enabled(), adapters, "0: this task trains all parameters");
    return RunSettingsReader.optimisation(training, adapters);
  }

  /**
   * Of everything but {@code out}, {@code devices}, {@code threads} and {@code checkpoint-steps}.
   */
  @Override
  public String fingerprint() {
    return RunConfig.fingerprint(
        List.of(
            Task.REWARD_MODEL,
            name,
            seed,
            start,
            data,
            loss,
            epochs,
            batchSize,
            optimisation,
            engine.withThreads(0)));
  }
}

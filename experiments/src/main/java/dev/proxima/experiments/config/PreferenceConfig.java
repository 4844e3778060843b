package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.Optimisation;
import java.nio.file.Path;
import java.util.List;

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
    implements PairsConfig {

  static PreferenceConfig of(Config config) {
    Section root = new Section("", config);
    Start start = PairsConfig.start(root);
    PreferenceTraining training = training(root.section("training"), root.section("spo"));
    if (start instanceof Scratch scratch) {
      LoraReader.checkTargets(
          root.section("training").section("lora"),
          training.optimisation().lora(),
          scratch.shape().withVocabulary(scratch.vocabularySize(), 0, 0));
    }
    return new PreferenceConfig(
        RunSettingsReader.name(root),
        root.wholeNumber("seed"),
        start,
        PairsConfig.data(root),
        training,
        root.section("training").count("checkpoint-steps", 0),
        root.file("out", "the path of a folder"),
        PairsConfig.device(root),
        ExperimentConfig.engine(root),
        ConfigLayers.render(config));
  }

  @Override
  public int epochs() {
    return training.epochs();
  }

  @Override
  public int batchSize() {
    return training.batchSize();
  }

  @Override
  public Optimisation optimisation() {
    return training.optimisation();
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

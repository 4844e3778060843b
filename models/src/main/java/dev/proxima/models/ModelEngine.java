package dev.proxima.models;

import java.nio.file.Path;
import java.util.List;

/** Makes models on devices; the one door to the tensor library. */
public interface ModelEngine {

  /** Loads frozen parameters onto a device. */
  LanguageModel load(Path safetensors, ModelConfig config, ComputeDevice device);

  /** Loads a trainable copy onto a device, with a fresh optimiser. */
  default Trainer trainer(
      Path safetensors, ModelConfig config, ComputeDevice device, TrainingOptions options) {
    return trainer(safetensors, config, List.of(device), 1, options);
  }

  /**
   * Loads a trainable copy onto devices that compute each step together, with a fresh optimiser.
   * Each batch is {@link Share#cut cut} into shares, whose gradients are computed by themselves and
   * added up in their order in float32. With more than one share the result differs from that of
   * one in rounding; it does not depend on how many devices of a kind there are.
   *
   * @param devices at least one, the first of which has the optimiser; more than shares are of no
   *     use
   * @param shares at least 1
   */
  Trainer trainer(
      Path safetensors,
      ModelConfig config,
      List<ComputeDevice> devices,
      int shares,
      TrainingOptions options);

  /**
   * Loads the frozen parameters of a reward model onto a device.
   *
   * @throws IllegalArgumentException one line that names the file where it holds no such model
   */
  RewardModel rewardModel(Path safetensors, ModelConfig config, ComputeDevice device);

  /**
   * Loads a trainable reward model onto a device, with a fresh optimiser.
   *
   * @param fresh its head where the file has none, as that of a language model
   */
  RewardTrainer rewardTrainer(
      Path safetensors,
      ModelConfig config,
      ComputeDevice device,
      TrainingOptions options,
      RewardHead fresh);

  /** Writes freshly drawn parameters (normal, standard deviation 0.02; norms 1), by seed. */
  void initialise(ModelConfig config, long seed, Path safetensors);
}

package dev.proxima.models;

import java.nio.file.Path;

/** Makes models on devices; the one door to the tensor library. */
public interface ModelEngine {

  /** Loads frozen parameters onto a device. */
  LanguageModel load(Path safetensors, ModelConfig config, ComputeDevice device);

  /** Loads a trainable copy onto a device, with a fresh optimiser. */
  default Trainer trainer(
      Path safetensors, ModelConfig config, ComputeDevice device, TrainingOptions options) {
    return trainer(safetensors, config, TrainingHosts.of(device), options);
  }

  /**
   * Loads a trainable copy onto devices that compute each step together, with a fresh optimiser.
   * The ring stays the caller's to close.
   */
  Trainer trainer(
      Path safetensors, ModelConfig config, TrainingHosts hosts, TrainingOptions options);

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

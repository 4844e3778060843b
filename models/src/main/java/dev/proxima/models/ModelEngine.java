package dev.proxima.models;

import java.nio.file.Path;

/** Makes models on devices; the one door to the tensor library. */
public interface ModelEngine {

  /** Loads frozen parameters onto a device. */
  LanguageModel load(Path safetensors, ModelConfig config, ComputeDevice device);

  /** Loads a trainable copy onto a device, with a fresh optimiser. */
  Trainer trainer(
      Path safetensors, ModelConfig config, ComputeDevice device, TrainingOptions options);

  /** Writes freshly drawn parameters (normal, standard deviation 0.02; norms 1), by seed. */
  void initialise(ModelConfig config, long seed, Path safetensors);
}

package dev.proxima.models;

import java.nio.file.Path;

/** A model under training with its optimiser, as far as they have come, on one device. */
public interface TrainingState extends AutoCloseable {

  /** Writes the parameters as safetensors (float32, Hugging Face names), beside and renamed. */
  void save(Path safetensors);

  /**
   * Writes the optimiser's state and its number of steps, beside and renamed: with the parameters
   * all that a trainer needs to go on as if it had never stopped.
   */
  void saveOptimiser(Path safetensors);

  /**
   * Goes on from what {@link #saveOptimiser} wrote.
   *
   * @throws IllegalArgumentException where the file is of another model or optimiser
   */
  void restoreOptimiser(Path safetensors);

  /** Frees the native memory. */
  @Override
  void close();
}

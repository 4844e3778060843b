package dev.proxima.models;

import java.nio.file.Path;

/** A model under training with its optimiser, as far as they have come, on one device. */
public interface TrainingState extends AutoCloseable {

  /**
   * Writes the parameters as safetensors (float32, Hugging Face names), beside and renamed;
   * adapters are merged into those that they were trained on.
   */
  void save(Path safetensors);

  /**
   * Writes the adapters as PEFT does into a folder that is there, each file beside and renamed.
   *
   * @throws IllegalStateException where there are none
   */
  default void saveAdapter(Path folder) {
    throw new IllegalStateException("no adapters are trained");
  }

  /**
   * Goes on from what {@link #saveAdapter} or PEFT wrote.
   *
   * @throws IllegalArgumentException where it is of another model or other options
   * @throws IllegalStateException where there are no adapters
   */
  default void restoreAdapter(Path folder) {
    throw new IllegalStateException("no adapters are trained");
  }

  /**
   * Writes the optimiser's state and its number of steps, beside and renamed: with the parameters,
   * or the adapters, all that a trainer needs to go on as if it had never stopped.
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

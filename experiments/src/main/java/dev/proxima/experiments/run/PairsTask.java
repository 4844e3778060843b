package dev.proxima.experiments.run;

import dev.proxima.experiments.report.TrainingKind;
import dev.proxima.experiments.run.TrainingCheckpoints.Checkpoint;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a training on given pairs does of its own; the rest is {@link PairsRun}.
 *
 * @param <E> a pair as the trainer takes it
 * @param <T> the trainer
 */
interface PairsTask<E, T extends TrainingState> {

  /**
   * Looks at the model to start from before anything is written.
   *
   * @throws IllegalArgumentException where it is of no use to this task
   */
  default void check(ModelFolder start) {}

  /**
   * The pairs as the trainer takes them, at least one.
   *
   * @return empty where it was told to stop before they were ready
   */
  Optional<List<E>> examples(ModelFolder model, RunFolder folder);

  /**
   * A trainer with a fresh optimiser.
   *
   * @param parameters the model's own or those of a checkpoint
   */
  T trainer(ModelFolder model, Path parameters, int steps);

  /** One optimiser step; its metrics by the ecosystem's names. */
  SortedMap<String, Double> step(T trainer, List<E> batch);

  /**
   * Writes the result.
   *
   * @param last the state after the last step
   */
  void save(ModelFolder model, T trainer, Checkpoint last, RunFolder folder) throws IOException;

  /** What is said of it in the report. */
  TrainingKind kind();
}

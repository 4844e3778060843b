package dev.proxima.experiments.run;

import dev.proxima.experiments.UserError;
import dev.proxima.models.TrainingState;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.io.Checksums;
import dev.proxima.models.io.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The states of a training that {@code --resume} goes on from: folders by the number of steps, each
 * of which appears complete, with the parameters or the adapters, the optimiser's state and the
 * checksums. The latest is kept.
 *
 * @param folder where they lie
 * @param adapters whether adapters are trained, so that the parameters stay as they are
 */
record TrainingCheckpoints(Path folder, boolean adapters) {

  private static final String NAME = "step-";
  private static final String CHECKSUMS = "SHA256SUMS";

  /**
   * A state. Adapters lie in the folder itself, as PEFT has them.
   *
   * @param step optimiser steps made
   */
  record Checkpoint(Path path, int step) {

    Path parameters() {
      return path.resolve("parameters.safetensors");
    }

    Path optimiser() {
      return path.resolve("optimiser.safetensors");
    }
  }

  /**
   * The latest state, checked against its checksums.
   *
   * @throws UserError where it is damaged
   */
  Optional<Checkpoint> latest() {
    Optional<Checkpoint> latest = all().stream().max(Comparator.comparingInt(Checkpoint::step));
    latest.ifPresent(TrainingCheckpoints::verify);
    return latest;
  }

  /** The parameters to begin with in order to {@link #restore} a state. */
  Path start(Checkpoint checkpoint, Path untrained) {
    return adapters ? untrained : checkpoint.parameters();
  }

  /** Has a trainer, which began with {@link #start}, go on from a state. */
  void restore(Checkpoint checkpoint, TrainingState trainer) {
    if (adapters) {
      trainer.restoreAdapter(checkpoint.path());
    }
    trainer.restoreOptimiser(checkpoint.optimiser());
  }

  /** Writes a state and then removes the earlier ones. */
  Checkpoint save(TrainingState trainer, int step) {
    Checkpoint checkpoint = new Checkpoint(folder.resolve(NAME + step), step);
    List<Checkpoint> earlier = all();
    if (earlier.contains(checkpoint)) {
      return checkpoint;
    }
    try {
      Path partial = AtomicFiles.beside(checkpoint.path());
      FileTrees.delete(partial);
      Files.createDirectories(partial);
      Checkpoint beside = new Checkpoint(partial, step);
      if (adapters) {
        trainer.saveAdapter(partial);
      } else {
        trainer.save(beside.parameters());
      }
      trainer.saveOptimiser(beside.optimiser());
      Checksums.write(partial, partial.resolve(CHECKSUMS));
      AtomicFiles.forceDirectory(partial);
      Files.move(partial, checkpoint.path(), StandardCopyOption.ATOMIC_MOVE);
      AtomicFiles.forceDirectory(folder);
      for (Checkpoint old : earlier) {
        FileTrees.delete(old.path());
      }
      return checkpoint;
    } catch (IOException e) {
      throw new UncheckedIOException(checkpoint.path() + ": cannot be written: " + e, e);
    }
  }

  private static void verify(Checkpoint checkpoint) {
    try {
      Checksums.verify(checkpoint.path().resolve(CHECKSUMS));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          e.getMessage() + "; restore it from a backup or start again with --overwrite", e);
    }
  }

  private List<Checkpoint> all() {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> path.getFileName().toString().matches(NAME + "\\d{1,9}"))
          .map(
              path ->
                  new Checkpoint(
                      path,
                      Integer.parseInt(path.getFileName().toString().substring(NAME.length()))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be read: " + e, e);
    }
  }
}

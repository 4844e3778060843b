package dev.proxima.experiments.run;

import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.io.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The folder of one run and where things lie in it.
 *
 * @param path the folder
 */
record RunFolder(Path path) {

  static final String CONFIG = "config.resolved.conf";
  private static final String FINAL = "final";

  /**
   * Opens the folder for a new run or, with {@link RunOptions#resume}, for the run that it holds.
   *
   * @throws UserError where it cannot be written, holds something else, or, to be resumed, holds
   *     nothing or another experiment
   */
  static RunFolder open(RunConfig config, RunOptions options) {
    RunFolder folder = new RunFolder(config.out());
    try {
      if (options.resume()) {
        folder.requireSameExperiment(config);
      } else {
        folder.makeEmpty(options.overwrite());
        AtomicFiles.writeString(folder.config(), config.resolved());
      }
      return folder;
    } catch (IOException e) {
      throw new UserError(folder.path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Removes what {@link #open} and the preparation of a run that cannot begin have written. */
  void discard() {
    try {
      FileTrees.delete(path);
    } catch (IOException e) {
      throw new UserError(path + ": cannot be removed: " + e.getMessage(), e);
    }
  }

  Path config() {
    return path.resolve(CONFIG);
  }

  Path data() {
    return path.resolve("data");
  }

  Path artifacts() {
    return path.resolve("artifacts");
  }

  Path journal() {
    return path.resolve("journal").resolve("journal");
  }

  Path lock() {
    return path.resolve("run.lock");
  }

  Path log() {
    return path.resolve("proxima.log");
  }

  /** What a terminal would show, of a run on a cluster. */
  Path progress() {
    return path.resolve("progress.log");
  }

  Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  Path samples() {
    return path.resolve("samples.jsonl");
  }

  /** A model that the run made to start from. */
  Path initialModel() {
    return path.resolve("initial");
  }

  /** The reference's log-probabilities of given pairs. */
  Path reference() {
    return path.resolve("reference.safetensors");
  }

  Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The result of a run without methods, in the Hugging Face layout. */
  Path finalModel() {
    return path.resolve(FINAL);
  }

  /** Adapters that a run without methods trained, in PEFT's layout. */
  Path adapter() {
    return path.resolve("adapter");
  }

  /** The merged parameters on their way into {@link #finalModel}. */
  Path merged() {
    return path.resolve("merged.safetensors");
  }

  /** A method's result in the Hugging Face layout, relative to the folder. */
  static String finalModel(String method) {
    return method + "/" + FINAL;
  }

  private void requireSameExperiment(RunConfig config) {
    if (Files.notExists(config())) {
      throw new UserError(
          path
              + ": holds no run to resume; start it without --resume, or name its folder by --out");
    }
    String then = RunConfig.load(config(), Overrides.NONE).fingerprint();
    if (!then.equals(config.fingerprint())) {
      throw new UserError(
          path
              + ": holds another experiment (see "
              + config()
              + "); resume it with its own configuration, or choose another folder by --out");
    }
  }

  private void makeEmpty(boolean overwrite) throws IOException {
    if (Files.exists(path) && !isEmpty()) {
      if (Files.notExists(config())) {
        throw new UserError(path + ": holds something else than a run; choose another --out");
      }
      if (!overwrite) {
        throw new UserError(
            path + ": holds a run already; add --resume, --overwrite or another --out DIR");
      }
      deleteContents();
    }
    Files.createDirectories(path);
  }

  private boolean isEmpty() throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  private void deleteContents() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      for (Path entry : entries.toList()) {
        FileTrees.delete(entry);
      }
    }
  }
}

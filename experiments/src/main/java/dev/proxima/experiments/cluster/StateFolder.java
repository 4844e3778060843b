package dev.proxima.experiments.cluster;

import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the nodes of a cluster share on disk.
 *
 * @param path the folder
 */
record StateFolder(Path path) {

  static StateFolder at(Path path) {
    return new StateFolder(path.toAbsolutePath().normalize());
  }

  /**
   * Opens the folder, which is created where it is missing.
   *
   * @throws UserError where that is not possible
   */
  static StateFolder open(Path path) {
    try {
      StateFolder state = at(path);
      Files.createDirectories(state.nodes());
      Files.createDirectories(state.journal().getParent());
      Files.createDirectories(state.runs());
      return state;
    } catch (IOException e) {
      throw new UserError("--state " + path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  Path artifacts() {
    return path.resolve("artifacts");
  }

  Path journal() {
    return path.resolve("journal").resolve("journal");
  }

  Path runs() {
    return path.resolve("runs");
  }

  /** Logs of the nodes. */
  Path nodes() {
    return path.resolve("nodes");
  }
}

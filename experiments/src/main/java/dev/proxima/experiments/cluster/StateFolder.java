package dev.proxima.experiments.cluster;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ClusterConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  /**
   * What the cluster is told in {@code cluster.conf}.
   *
   * @throws UserError one line that names file, key, value and the mend
   */
  ClusterConfig config() {
    return ClusterConfig.load(path.resolve("cluster.conf"));
  }

  /**
   * Opens the store of the cluster's artefacts.
   *
   * @throws UserError where that is not possible
   */
  ArtifactStore openArtifacts() {
    try {
      return config().artifacts().open(path.resolve("artifacts"));
    } catch (ArtifactException | UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
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

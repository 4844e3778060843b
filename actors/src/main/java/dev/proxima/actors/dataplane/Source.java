package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Artefacts to serve; asked by several threads at once. */
@FunctionalInterface
public interface Source {

  /**
   * The artefact's file, complete or growing.
   *
   * @param patience how long to wait for it to begin, where it may still come
   * @throws IOException if it is there and cannot be read
   */
  Optional<SharedFile> find(ArtifactId id, Duration patience)
      throws IOException, InterruptedException;

  /** What a store has. */
  static Source of(ArtifactStore store) {
    return (id, patience) -> {
      try {
        return Optional.of(SharedFile.complete(store.read(id), store.manifest(id)));
      } catch (ArtifactException e) {
        return Optional.empty();
      }
    };
  }

  /** Nothing of its own: for a node that serves only what it pulled itself. */
  static Source none() {
    return (id, patience) -> Optional.empty();
  }
}

package dev.proxima.actors.artifacts;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Immutable files named by the SHA-256 of their content, which all nodes of a run can read. Writing
 * the same bytes twice is harmless. For use by any number of threads and processes.
 */
public interface ArtifactStore extends AutoCloseable {

  /**
   * Stores what {@code writer} writes to the path it is given. Nothing is stored when it throws;
   * the artefact is durable when this returns.
   *
   * @throws ArtifactException where the store cannot be written and the user can mend it
   * @throws UncheckedIOException where it cannot be written for another reason
   */
  ArtifactId write(Consumer<Path> writer);

  /**
   * The artefact as a file of this machine, verified against its name when this process first reads
   * it. The file must not be changed.
   *
   * @throws ArtifactException where it is missing or its content is not what the name says
   * @throws UncheckedIOException where it cannot be read
   */
  Path read(ArtifactId id);

  /** Lets go of connections; the store is not used afterwards. */
  @Override
  default void close() {}
}

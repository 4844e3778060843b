package dev.proxima.actors.artifacts;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Immutable files named by their content ({@link Manifest}), which all nodes of a run can read.
 * Writing the same bytes twice is harmless. For use by any number of threads and processes.
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

  /**
   * What the artefact was verified by; reads it as {@link #read} does where it was not yet.
   *
   * @throws ArtifactException where it is missing or its content is not what the name says
   * @throws UncheckedIOException where it cannot be read
   */
  Manifest manifest(ArtifactId id);

  /**
   * Collects garbage: deletes all artefacts but {@code live}, and what writers that died have left
   * half-written, all of it only where it was last written longer than {@code grace} ago.
   *
   * <p>Between writing a result and naming it in the journal lies a message to the coordinator, so
   * young artefacts that nothing names yet are kept; {@code grace} must exceed that time and the
   * longest pause of a worker in it. Writing an artefact that is there already makes it young
   * again. Ages are taken by the store's own clock, so the clocks of the nodes may differ.
   *
   * @param live all that any run in this store still needs
   * @throws ArtifactException where nothing can be deleted and the user can mend it
   * @throws UncheckedIOException where something cannot be deleted
   */
  Reclaimed retain(Set<ArtifactId> live, Duration grace);

  /** Lets go of connections; the store is not used afterwards. */
  @Override
  default void close() {}
}

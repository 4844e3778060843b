package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.FolderStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a cluster must not leave behind when it has ended. */
final class Leaks {

  private Leaks() {}

  /**
   * Fails where processes, half-written files or wrong rows are left, or an artefact is not. What a
   * killed process was writing is garbage, which must be collected.
   */
  static void check(Path state) throws IOException, SQLException {
    assertThat(processes()).as("processes").isEmpty();
    Set<ArtifactId> named = named(Journal.read(state));
    FolderStore store = new FolderStore(state.resolve("artifacts"));
    store.retain(named, Duration.ZERO);
    assertThat(partialFiles(state)).as("half-written files").isEmpty();
    assertThat(named).as("artefacts that the journal names").allSatisfy(store::read);
  }

  /** As {@link #check} where a cluster has come to rest between two runs. */
  static void checkLiving(TestCluster cluster)
      throws IOException, SQLException, InterruptedException {
    Path state = cluster.folder();
    cluster.awaitThat(() -> processes().size() == cluster.nodes().size());
    FolderStore store = new FolderStore(state.resolve("artifacts"));
    store.retain(stored(state), Duration.ZERO);
    // The cluster's own collector makes a short-lived file.
    cluster.awaitThat(() -> hasNoPartialFiles(state));
    assertThat(named(Journal.readLiving(cluster)))
        .as("artefacts that the journal names")
        .allSatisfy(store::read);
  }

  /** What the outputs of all runs name. */
  private static Set<ArtifactId> named(Journal journal) {
    journal.requireRisingEpochs();
    Set<ArtifactId> named = new HashSet<>();
    for (JsonNode output : journal.outputs()) {
      for (String part : List.of("artifact", "log")) {
        JsonNode id = output.get(part);
        if (id != null && !id.isNull()) {
          named.add(new ArtifactId(id.asText()));
        }
      }
    }
    return named;
  }

  /** All that this JVM started and that has not ended; a test has one cluster at a time. */
  private static List<ProcessHandle> processes() {
    return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
  }

  private static Set<ArtifactId> stored(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state.resolve("artifacts"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]{64}"))
          .map(ArtifactId::new)
          .collect(Collectors.toSet());
    }
  }

  private static boolean hasNoPartialFiles(Path state) {
    try {
      return partialFiles(state).isEmpty();
    } catch (IOException | UncheckedIOException e) {
      // One was deleted meanwhile.
      return false;
    }
  }

  private static List<Path> partialFiles(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state)) {
      return files
          .filter(file -> file.getFileName().toString().matches("partial-.*|.*\\.(new|tmp)"))
          .toList();
    }
  }
}

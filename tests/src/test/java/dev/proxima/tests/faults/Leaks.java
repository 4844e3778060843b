package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a cluster must not leave behind when it has ended. */
final class Leaks {

  private Leaks() {}

  /**
   * Fails where processes, half-written files or wrong rows are left, or an artefact is not. What a
   * killed process was writing is garbage, which must be collected.
   */
  static void check(Path state) throws IOException, SQLException {
    assertThat(processes(state)).as("processes").isEmpty();
    Journal journal = Journal.read(state);
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
    FolderStore store = new FolderStore(state.resolve("artifacts"));
    store.retain(named, Duration.ZERO);
    assertThat(partialFiles(state)).as("half-written files").isEmpty();
    assertThat(named).as("artefacts that the journal names").allSatisfy(store::read);
  }

  private static List<String> processes(Path state) {
    return ProcessHandle.current()
        .descendants()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(command -> command.contains(state.toString()))
        .toList();
  }

  private static List<Path> partialFiles(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state)) {
      return files
          .filter(file -> file.getFileName().toString().matches("partial-.*|.*\\.(new|tmp)"))
          .toList();
    }
  }
}

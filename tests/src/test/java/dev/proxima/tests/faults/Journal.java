package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of the journal of a cluster that has ended, read without Pekko.
 *
 * @param events by persistence identifier, in the order of their sequence numbers
 */
record Journal(Map<String, List<JsonNode>> events) {

  private static final ObjectMapper CBOR = new CBORMapper();
  private static final String ROWS =
      "select \"persistence_id\", \"sequence_number\", \"event_payload\" from \"event_journal\""
          + " order by \"persistence_id\", \"sequence_number\"";

  /**
   * @param state the cluster's folder
   */
  static Journal read(Path state) throws SQLException, IOException {
    return open(file(state));
  }

  /** As {@link #read} of a cluster at rest: of a copy made while nothing was written. */
  static Journal readLiving(TestCluster cluster)
      throws SQLException, IOException, InterruptedException {
    Path file = file(cluster.folder());
    Path copy = Files.createTempDirectory(cluster.folder(), "journal").resolve("journal.mv.db");
    cluster.awaitThat(() -> isCopied(file, copy));
    Journal journal = open(copy);
    Files.delete(copy);
    return journal;
  }

  private static Path file(Path state) {
    return state.resolve("journal/journal.mv.db");
  }

  private static boolean isCopied(Path file, Path copy) {
    try {
      FileTime before = Files.getLastModifiedTime(file);
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      return Files.getLastModifiedTime(file).equals(before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Journal open(Path file) throws SQLException, IOException {
    Map<String, List<JsonNode>> events = new LinkedHashMap<>();
    String url = "jdbc:h2:file:" + file.toAbsolutePath().toString().replace(".mv.db", "");
    try (Connection connection = DriverManager.getConnection(url, "proxima", "");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(ROWS)) {
      while (rows.next()) {
        String id = rows.getString(1);
        List<JsonNode> own = events.computeIfAbsent(id, key -> new ArrayList<>());
        own.add(CBOR.readTree(rows.getBytes(3)));
        assertThat(rows.getLong(2)).as("sequence number of " + id).isEqualTo(own.size());
      }
    }
    return new Journal(events);
  }

  /** The outputs of the works of all runs; fails where one was journalled twice. */
  List<JsonNode> outputs() {
    List<JsonNode> outputs = new ArrayList<>();
    events.forEach(
        (id, own) -> {
          Set<JsonNode> works = new LinkedHashSet<>();
          for (JsonNode event : own) {
            if (event.get("event").asText().equals("work-completed")) {
              assertThat(works.add(event.get("work"))).as(id + ": " + event).isTrue();
              outputs.add(event.get("output"));
            }
          }
        });
    return outputs;
  }

  /** Fails where an epoch does not follow on those before it. */
  void requireRisingEpochs() {
    events.forEach(
        (id, own) ->
            assertThat(
                    own.stream()
                        .filter(event -> event.get("event").asText().equals("epoch-began"))
                        .map(event -> event.get("epoch").asLong()))
                .as("epochs of " + id)
                .isSorted()
                .doesNotHaveDuplicates());
  }
}

package dev.proxima.experiments.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The metrics of a training, a line for each step, in a file that grows with it. */
final class StepLog implements AutoCloseable {

  private static final String KIND = "kind";
  private static final String STEP = "step";
  private static final String STEPS = "steps";

  private final int total;
  private final List<SortedMap<String, Double>> steps = new ArrayList<>();
  private final JsonlLog log;

  /**
   * @param made steps that were made before; their lines stay, and those after them go
   * @param total steps of the whole training
   * @throws UserError where the file lacks a line of those steps
   */
  StepLog(Path file, int made, int total) {
    this.total = total;
    if (made > 0) {
      readFirst(file, made);
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    for (int step = 1; step <= made; step++) {
      lines.add(line(step, steps.get(step - 1)));
    }
    log = new JsonlLog(file, lines);
  }

  void append(SortedMap<String, Double> metrics) {
    steps.add(metrics);
    log.append(List.of(line(steps.size(), metrics)));
  }

  /** The metrics of each step so far. */
  List<SortedMap<String, Double>> steps() {
    return List.copyOf(steps);
  }

  @Override
  public void close() {
    log.close();
  }

  private Map<String, Object> line(int step, SortedMap<String, Double> metrics) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(KIND, STEP);
    line.put(STEP, step);
    line.put(STEPS, total);
    line.putAll(metrics);
    return line;
  }

  /** A kill may have left half a line behind, after those that are wanted. */
  private void readFirst(Path file, int made) {
    ObjectMapper json = new ObjectMapper();
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : lines.limit(made).toList()) {
        steps.add(metrics(json.readTree(line)));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (steps.size() < made) {
      throw new UserError(
          "%s: has %d of the %d steps that were made; restore it or start again with --overwrite"
              .formatted(file, steps.size(), made));
    }
  }

  private static SortedMap<String, Double> metrics(JsonNode line) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    line.fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isFloatingPointNumber()) {
                metrics.put(field.getKey(), field.getValue().doubleValue());
              }
            });
    return metrics;
  }
}

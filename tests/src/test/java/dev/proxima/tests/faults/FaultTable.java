package dev.proxima.tests.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What each kind of fault came to, written for people as it comes. */
final class FaultTable {

  private static final String HEAD =
      """
      | fault | struck | completed | identical weights | median, slowest hand-over | mean time |
      |---|---|---|---|---|---|
      """;

  private final Path file;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /**
   * @param struck runs in which it struck
   * @param completed those that completed all the same
   * @param identical those with the reference's bytes
   * @param handOvers the times without a coordinator, where one was lost; rising
   * @param spent on all of them, from submission to the check of what was left behind
   */
  record Row(
      String kind,
      int struck,
      int completed,
      int identical,
      List<Duration> handOvers,
      Duration spent) {

    static Row of(String kind) {
      return new Row(kind, 0, 0, 0, List.of(), Duration.ZERO);
    }

    Row plus(boolean completes, boolean isIdentical, Optional<Duration> handOver, Duration time) {
      return new Row(
          kind,
          struck + 1,
          completed + (completes ? 1 : 0),
          identical + (isIdentical ? 1 : 0),
          Stream.concat(handOvers.stream(), handOver.stream()).sorted().toList(),
          spent.plus(time));
    }

    private String line() {
      return "| %s | %d | %d | %d | %s | %s |%n"
          .formatted(
              kind,
              struck,
              completed,
              identical,
              handOvers.isEmpty()
                  ? ""
                  : seconds(handOvers.get(handOvers.size() / 2))
                      + ", "
                      + seconds(handOvers.get(handOvers.size() - 1)),
              seconds(spent.dividedBy(struck)));
    }

    private static String seconds(Duration time) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
  }

  FaultTable(Path file) {
    this.file = file;
  }

  /** Adds a kind's row, or puts it in the place of its former one. */
  void put(Row row) throws IOException {
    rows.put(row.kind(), row);
    StringBuilder text = new StringBuilder(HEAD);
    rows.values().forEach(each -> text.append(each.line()));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

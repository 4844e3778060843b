package dev.proxima.tests.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What each kind of fault came to, written for people as it comes. */
final class FaultTable {

  private static final String HEAD =
      """
      | fault | struck | completed | identical weights | slowest hand-over |
      |---|---|---|---|---|
      """;

  private final Path file;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param struck runs in which it struck
   * @param completed those that completed all the same
   * @param identical those with the reference's bytes
   * @param slowest the longest time without a coordinator, where one was lost
   */
  record Row(String kind, int struck, int completed, int identical, Duration slowest) {

    static Row of(String kind) {
      return new Row(kind, 0, 0, 0, Duration.ZERO);
    }

    Row plus(boolean completes, boolean isIdentical, Duration handOver) {
      return new Row(
          kind,
          struck + 1,
          completed + (completes ? 1 : 0),
          identical + (isIdentical ? 1 : 0),
          handOver.compareTo(slowest) > 0 ? handOver : slowest);
    }

    private String line() {
      return "| %s | %d | %d | %d | %s |%n"
          .formatted(
              kind,
              struck,
              completed,
              identical,
              slowest.isZero()
                  ? ""
                  : String.format(Locale.ROOT, "%.1f s", slowest.toMillis() / 1e3));
    }
  }

  FaultTable(Path file) {
    this.file = file;
  }

  void add(Row row) throws IOException {
    rows.add(row);
    StringBuilder text = new StringBuilder(HEAD);
    rows.forEach(each -> text.append(each.line()));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

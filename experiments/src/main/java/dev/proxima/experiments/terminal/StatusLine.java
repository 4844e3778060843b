package dev.proxima.experiments.terminal;

import dev.proxima.experiments.terminal.Snapshot.Overall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lays a snapshot out on one line that is never wider than the terminal: what matters least goes
 * first where the room is short.
 *
 * @param columns the terminal's width
 * @param colour whether colours may be used
 */
record StatusLine(int columns, boolean colour) {

  private static final String GAP = "  ";
  private static final int SHORTEST_BAR = 12;
  private static final int LONGEST_BAR = 32;

  /** A part of the line; those of the highest rank are left out first, rank 0 never. */
  private record Part(String text, int rank, String style) {}

  String of(Snapshot now) {
    List<Part> parts = fitting(parts(now));
    int room = columns - width(parts) - GAP.length();
    if (now.total() > 0 && room >= SHORTEST_BAR) {
      parts.add(1, new Part(bar(now.fraction(), Math.min(room, LONGEST_BAR)), 0, "32"));
    }
    return String.join(GAP, parts.stream().map(this::styled).toList());
  }

  private static List<Part> parts(Snapshot now) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(now.stage(), 0, "1"));
    parts.add(new Part(Texts.counts(now), 1, ""));
    if (now.rate() > 0) {
      parts.add(new Part(Texts.rate(now.rate()), 3, ""));
    }
    now.left().ifPresent(left -> parts.add(new Part(Texts.clock(left) + " left", 2, "")));
    now.overall().ifPresent(overall -> parts.add(new Part(run(overall), 4, "")));
    parts.add(new Part("elapsed " + Texts.clock(now.inRun()), 5, ""));
    return parts;
  }

  private static String run(Overall overall) {
    return "run %.0f%%, %s left".formatted(100 * overall.fraction(), Texts.clock(overall.left()));
  }

  private List<Part> fitting(List<Part> parts) {
    List<Part> fitting = new ArrayList<>(parts);
    while (fitting.size() > 1 && width(fitting) > columns) {
      fitting.remove(fitting.stream().max(Comparator.comparingInt(Part::rank)).orElseThrow());
    }
    Part first = fitting.get(0);
    if (first.text().length() > columns) {
      fitting.set(0, new Part(first.text().substring(0, columns), 0, first.style()));
    }
    return fitting;
  }

  private static int width(List<Part> parts) {
    int texts = parts.stream().mapToInt(part -> part.text().length()).sum();
    return texts + GAP.length() * (parts.size() - 1);
  }

  private String styled(Part part) {
    return colour && !part.style().isEmpty()
        ? "\u001b[" + part.style() + "m" + part.text() + "\u001b[0m"
        : part.text();
  }

  private static String bar(double fraction, int width) {
    int inner = width - 2;
    int filled = (int) (fraction * inner);
    String head = filled < inner ? ">" : "";
    return "[" + "=".repeat(filled) + head + " ".repeat(inner - filled - head.length()) + "]";
  }
}

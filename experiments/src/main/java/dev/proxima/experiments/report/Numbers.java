package dev.proxima.experiments.report;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers as people write them. */
final class Numbers {

  private Numbers() {}

  /** The shortest decimal: 0.3, and 0 rather than 0.0. */
  static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** A span of time: "4.2 s", "2 min 5 s", "3 h 7 min". */
  static String duration(double seconds) {
    if (seconds < 59.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}

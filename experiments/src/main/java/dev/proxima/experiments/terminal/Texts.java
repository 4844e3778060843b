package dev.proxima.experiments.terminal;

import java.time.Duration;
import java.util.Locale;

/** How numbers are shown to people. */
public final class Texts {

  private Texts() {}

  /** {@code m:ss}, or {@code h:mm:ss} from an hour on. */
  public static String clock(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 3600
        ? "%d:%02d".formatted(seconds / 60, seconds % 60)
        : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Three significant digits as far as they lie behind the point: 0.42, 4.21, 42.1, 421, 4210. */
  static String rate(double perSecond) {
    int decimals = perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f/s", perSecond);
  }

  /** {@code 12/400 steps}, or {@code 12 steps} where the total is not known. */
  static String counts(Snapshot now) {
    return now.total() == 0
        ? now.done() + " " + now.unit()
        : now.done() + "/" + now.total() + " " + now.unit();
  }
}

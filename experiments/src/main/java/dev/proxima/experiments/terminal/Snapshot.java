package dev.proxima.experiments.terminal;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a run is at one moment.
 *
 * @param stage what is being done
 * @param done units done, at least 0
 * @param total units of the stage, 0 where it is not known
 * @param unit what is counted, in the plural, such as "steps"
 * @param inStage time since the stage began
 * @param inRun time since the run began
 * @param overall the run's estimate of its own progress, where it has made one
 */
record Snapshot(
    String stage,
    long done,
    long total,
    String unit,
    Duration inStage,
    Duration inRun,
    Optional<Overall> overall) {

  /**
   * The whole run.
   *
   * @param fraction share that is done, in [0, 1]
   * @param left estimated time left
   */
  record Overall(double fraction, Duration left) {}

  boolean complete() {
    return total > 0 && done >= total;
  }

  /** Units per second since the stage began; 0 while that cannot be told. */
  double rate() {
    return inStage.isZero() ? 0 : done / seconds(inStage);
  }

  /** Time left in the stage at its mean rate so far, where that can be told. */
  Optional<Duration> left() {
    return total == 0 || rate() == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(1000 * (total - done) / rate())));
  }

  /** Share of the stage that is done, in [0, 1]. */
  double fraction() {
    return total == 0 ? 0 : Math.min(1, (double) done / total);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}

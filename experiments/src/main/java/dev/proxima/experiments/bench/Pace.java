package dev.proxima.experiments.bench;

import dev.proxima.actors.work.Work;
import java.time.Duration;

/**
 * How long simulated works take: half of it is the same for all of a kind, the rest has a long tail
 * (exponential), as responses of various lengths on various devices do.
 *
 * @param shard the mean of sampling one shard, at least 0; labelling takes a hundredth of it,
 *     scoring a fifth, training twice as long
 */
record Pace(Duration shard) {

  static final Pace AT_ONCE = new Pace(Duration.ZERO);

  /** The same for the same work. */
  Duration duration(Work work) {
    double share = 0.5 - 0.5 * StrictMath.log1p(-SimulatedRun.drawn(work));
    return Duration.ofNanos((long) (shard.toNanos() * relative(work) * share));
  }

  private static double relative(Work work) {
    return switch (work.kind()) {
      case "label" -> 0.01;
      case "score" -> 0.2;
      case "train", "fine-tune" -> 2;
      default -> 1;
    };
  }
}

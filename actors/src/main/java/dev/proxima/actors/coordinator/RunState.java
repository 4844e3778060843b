package dev.proxima.actors.coordinator;

import dev.proxima.actors.coordinator.CoordinatorEvent.EpochBegan;
import dev.proxima.actors.coordinator.CoordinatorEvent.OfLaterVersion;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The coordinator's journalled state: the outputs of the work that is done. What to do next follows
 * from it by {@link RunPlan}. Changed by events only. Without snapshots: ten thousand events are
 * read in one to three seconds.
 */
final class RunState {

  private String fingerprint;
  private long epoch;
  private int version = JournalVersion.CURRENT;
  private final Map<Work, Output> outputs = new HashMap<>();

  /** The fingerprint of the run that this journal belongs to, or null in an empty journal. */
  String fingerprint() {
    return fingerprint;
  }

  /** The latest that has begun, or 0. */
  long epoch() {
    return epoch;
  }

  /** The latest version that an event has, at least this program's own. */
  int version() {
    return version;
  }

  Map<Work, Output> outputs() {
    return Collections.unmodifiableMap(outputs);
  }

  boolean isDone(Work work) {
    return outputs.containsKey(work);
  }

  RunState apply(CoordinatorEvent event) {
    if (event instanceof RunStarted started) {
      fingerprint = started.fingerprint();
    } else if (event instanceof EpochBegan began) {
      epoch = began.epoch();
    } else if (event instanceof WorkCompleted completed) {
      outputs.putIfAbsent(completed.work(), completed.output());
    } else if (event instanceof OfLaterVersion later) {
      version = Math.max(version, later.version());
    }
    return this;
  }
}

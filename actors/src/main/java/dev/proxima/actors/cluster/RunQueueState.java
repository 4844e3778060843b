package dev.proxima.actors.cluster;

import dev.proxima.actors.cluster.RunQueueEvent.EpochBegan;
import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import dev.proxima.actors.cluster.RunQueueEvent.RunEnded;
import dev.proxima.actors.cluster.RunQueueEvent.RunSubmitted;
import dev.proxima.actors.cluster.RunStatus.Phase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The queue's journalled state. Changed by events only. */
final class RunQueueState {

  private final Map<String, Submission> submissions = new LinkedHashMap<>();
  private final Map<String, RunStatus> statuses = new LinkedHashMap<>();
  private long epoch;
  private OfLaterVersion unreadable;

  long epoch() {
    return epoch;
  }

  /** The first event that this program is too old for. */
  Optional<OfLaterVersion> unreadable() {
    return Optional.ofNullable(unreadable);
  }

  Optional<RunStatus> status(String id) {
    return Optional.ofNullable(statuses.get(id));
  }

  /** By id, in the order of submission. */
  Map<String, RunStatus> statuses() {
    return statuses;
  }

  Submission submission(String id) {
    return submissions.get(id);
  }

  /** The run whose turn it is: the first that has not ended. */
  Optional<Submission> next() {
    return submissions.values().stream().filter(run -> !statuses.get(run.id()).isEnd()).findFirst();
  }

  RunQueueState apply(RunQueueEvent event) {
    if (event instanceof EpochBegan began) {
      epoch = began.epoch();
    } else if (event instanceof RunSubmitted submitted) {
      String id = submitted.run().id();
      submissions.remove(id);
      submissions.put(id, submitted.run());
      statuses.remove(id);
      statuses.put(id, RunStatus.of(Phase.QUEUED));
    } else if (event instanceof RunEnded ended) {
      statuses.put(ended.id(), ended.status());
    } else if (event instanceof OfLaterVersion later && unreadable == null) {
      unreadable = later;
    }
    return this;
  }
}

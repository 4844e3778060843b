package dev.proxima.actors.coordinator;

import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long a worker may say nothing before its work is given to another as well: a multiple of the
 * longest silence over the latest works of its kind. A silence is what lies between the order,
 * signs of life and the answer, so that works with progress are measured by their progress.
 */
final class SilenceLimits {

  /** Generous: devices differ, and some must fetch the parameters first. */
  static final int MULTIPLE = 3;

  /** Collections of garbage, slow disks and a machine's other work take as long. */
  static final Duration FLOOR = Duration.ofSeconds(10);

  /** How many of the latest works of a kind are gone by. */
  static final int RECENT = 64;

  private record Kind(Class<? extends Work> type, Optional<Purpose> purpose) {}

  private static final class Watch {
    private final Kind kind;
    private Duration heard;
    private Duration longest = Duration.ZERO;

    private Watch(Kind kind, Duration now) {
      this.kind = kind;
      this.heard = now;
    }
  }

  private final Duration longest;
  private final Map<String, Watch> watches = new HashMap<>();
  private final Map<Kind, Deque<Duration>> silences = new HashMap<>();

  /**
   * @param longest no limit is longer, and it is the limit until something was measured; above 0
   */
  SilenceLimits(Duration longest) {
    this.longest = longest;
  }

  /** The limit for the work now. */
  Duration of(Work work) {
    return Optional.ofNullable(silences.get(kind(work)))
        .map(recent -> Collections.max(recent).multipliedBy(MULTIPLE))
        .map(limit -> min(longest, max(FLOOR, limit)))
        .orElse(longest);
  }

  /**
   * A work has been given away.
   *
   * @param now the time since any moment
   */
  void ordered(String lease, Work work, Duration now) {
    watches.put(lease, new Watch(kind(work), now));
  }

  /** A worker has said something, though its lease may have expired. */
  void heard(String lease, Duration now) {
    Watch watch = watches.get(lease);
    if (watch != null) {
      watch.longest = max(watch.longest, now.minus(watch.heard));
      watch.heard = now;
    }
  }

  /** How long the worker that has the lease has said nothing. */
  Duration silence(String lease, Duration now) {
    return now.minus(watches.get(lease).heard);
  }

  /** A worker has given its result, early or late: its longest silence counts from now on. */
  void completed(String lease, Duration now) {
    heard(lease, now);
    Watch watch = watches.remove(lease);
    if (watch != null) {
      Deque<Duration> recent = silences.computeIfAbsent(watch.kind, kind -> new ArrayDeque<>());
      recent.add(watch.longest);
      if (recent.size() > RECENT) {
        recent.remove();
      }
    }
  }

  /** The lease ended without a result, which says nothing about the time that one takes. */
  void forget(String lease) {
    watches.remove(lease);
  }

  /** Works of one class take alike, but for evaluation may have other lengths than for training. */
  private static Kind kind(Work work) {
    Optional<Purpose> purpose = Optional.empty();
    if (work instanceof Work.SampleShard sample) {
      purpose = Optional.of(sample.purpose());
    } else if (work instanceof Work.LabelShard label) {
      purpose = Optional.of(label.purpose());
    }
    return new Kind(work.getClass(), purpose);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}

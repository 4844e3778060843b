package dev.proxima.experiments.run;

import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.experiments.report.RunResult.StageTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/** How long works of each kind took, and from it how long those that are left will take. */
final class TimeLeft {

  /** The kinds that most of a run's time goes to. */
  private static final List<String> DECISIVE = List.of("sample", "score", "train");

  private final LongSupplier nanoTime;
  private final int devices;
  private final Map<Work, Long> started = new HashMap<>();
  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * @param devices how many works go on at once
   */
  TimeLeft(LongSupplier nanoTime, int devices) {
    this.nanoTime = nanoTime;
    this.devices = devices;
  }

  void started(Work work) {
    started.put(work, nanoTime.getAsLong());
  }

  /** The segments of a training count as one work, since nobody knows how many are left. */
  void completed(Work work, Output output) {
    Long start = started.remove(work);
    if (start != null) {
      nanos.merge(work.kind(), nanoTime.getAsLong() - start, Long::sum);
      if (output.rest() == null) {
        counts.merge(work.kind(), 1, Integer::sum);
      }
    }
  }

  /** An estimate once every kind that matters has been seen. */
  Optional<Duration> left(SortedMap<String, Integer> remaining) {
    double left = 0;
    for (Map.Entry<String, Integer> kind : remaining.entrySet()) {
      Integer seen = counts.get(kind.getKey());
      if (seen != null) {
        left += (double) nanos.get(kind.getKey()) / seen * kind.getValue();
      } else if (DECISIVE.contains(kind.getKey())) {
        return Optional.empty();
      }
    }
    return Optional.of(Duration.ofNanos((long) (left / devices)));
  }

  /** Seconds spent per kind of work. */
  List<StageTime> totals() {
    return nanos.entrySet().stream()
        .map(kind -> new StageTime(kind.getKey(), kind.getValue() / 1e9))
        .toList();
  }
}

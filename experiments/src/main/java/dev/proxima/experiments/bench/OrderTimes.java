package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long workers that could be at work wait for their order: from the moment that both the worker
 * was free and what the work needs was there. For sampling, labelling and scoring; a training waits
 * for all shards, which is nobody's delay. For use by any number of threads.
 */
final class OrderTimes {

  private final Map<ArtifactId, Long> made = new ConcurrentHashMap<>();
  private final Queue<Long> afterAnswer = new ConcurrentLinkedQueue<>();
  private final Queue<Long> afterReadiness = new ConcurrentLinkedQueue<>();
  private final LongAdder ofDevices = new LongAdder();

  /** An output is there, which makes further work ready. */
  void made(Output output) {
    made.putIfAbsent(output.artifact(), System.nanoTime());
  }

  /** A worker that has been free since {@code free}, by the system's nanoseconds, has an order. */
  void ordered(Work work, long free) {
    long now = System.nanoTime();
    input(work)
        .map(made::get)
        .ifPresent(
            ready -> {
              boolean wasReady = free - ready > 0;
              long wait = now - (wasReady ? free : ready);
              (wasReady ? afterAnswer : afterReadiness).add(wait);
              if (work instanceof Work.OnDevice) {
                ofDevices.add(wait);
              }
            });
  }

  /** The waits of workers that had given an answer, with work ready for them. */
  Waits afterAnswer() {
    return Waits.of(afterAnswer);
  }

  /** The waits of work that became ready with a worker free for it. */
  Waits afterReadiness() {
    return Waits.of(afterReadiness);
  }

  /** The waits of all devices together, in seconds. */
  double ofDevices() {
    return ofDevices.sum() * 1e-9;
  }

  private static Optional<ArtifactId> input(Work work) {
    if (work instanceof Work.SampleShard sample) {
      return Optional.of(sample.parameters());
    } else if (work instanceof Work.LabelShard label) {
      return Optional.of(label.responses());
    } else if (work instanceof Work.ScoreShard score) {
      return Optional.of(score.responses());
    }
    return Optional.empty();
  }
}

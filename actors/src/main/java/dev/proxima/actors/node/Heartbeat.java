package dev.proxima.actors.node;

import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.WorkReply;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/** Renews the lease of a work that takes long, and leaves it when the node is told to stop. */
final class Heartbeat {

  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  private final Assignment assignment;
  private final StopSignal stop;
  private final LongSupplier nanoTime;
  private long last;

  Heartbeat(Assignment assignment, StopSignal stop) {
    this(assignment, stop, System::nanoTime);
  }

  Heartbeat(Assignment assignment, StopSignal stop, LongSupplier nanoTime) {
    this.assignment = assignment;
    this.stop = stop;
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  /**
   * To be called as often as there is progress; the coordinator is told once a second at most.
   *
   * @throws CancellationException once the node is told to stop
   */
  void beat() {
    stop.check();
    long now = nanoTime.getAsLong();
    if (now - last >= INTERVAL) {
      last = now;
      assignment.replyTo().tell(new WorkReply.Progressed(assignment.lease()));
    }
  }
}

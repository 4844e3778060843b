package dev.proxima.actors.coordinator;

import java.time.Duration;

/**
 * How work is lent to workers.
 *
 * @param timeOut a worker that says nothing for so long has lost its work; above 0. Its work may be
 *     given to another sooner, by what works of its kind took
 * @param attempts how often one work may fail before the run does, at least 1
 */
public record LeasePolicy(Duration timeOut, int attempts) {

  public LeasePolicy {
    if (timeOut.isZero() || timeOut.isNegative()) {
      throw new IllegalArgumentException("the time-out must be above 0, not " + timeOut);
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
    }
  }
}

package dev.proxima.actors.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.proxima.actors.serialization.CborSerializable;

/**
 * Where a run of the queue stands.
 *
 * @param reason one line where it failed, or runs and waits for room on a disk; else empty
 */
public record RunStatus(Phase phase, String reason) implements CborSerializable {

  /** The life of a run; a cancelled or failed one can be submitted again and goes on. */
  public enum Phase {
    QUEUED,
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED
  }

  public static RunStatus of(Phase phase) {
    return new RunStatus(phase, "");
  }

  public static RunStatus failed(String reason) {
    return new RunStatus(Phase.FAILED, reason);
  }

  @JsonIgnore
  public boolean isEnd() {
    return phase != Phase.QUEUED && phase != Phase.RUNNING;
  }
}

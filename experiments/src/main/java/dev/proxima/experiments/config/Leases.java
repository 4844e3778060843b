package dev.proxima.experiments.config;

import java.time.Duration;

/**
 * How work is lent to workers.
 *
 * @param timeOut after which a piece of work is given to another worker; above 0
 * @param attempts times a piece of work is tried before the run fails; at least 1
 */
public record Leases(Duration timeOut, int attempts) {

  static Leases read(Section leases) {
    return new Leases(leases.duration("time-out"), leases.count("attempts", 1));
  }
}

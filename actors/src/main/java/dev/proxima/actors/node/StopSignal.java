package dev.proxima.actors.node;

import java.util.concurrent.CancellationException;

/** Asks the workers of a node to leave long work at the next step. Safe for use by any thread. */
public final class StopSignal {

  private volatile boolean stopped;

  public void stop() {
    stopped = true;
  }

  /**
   * @throws CancellationException once {@link #stop} was called
   */
  public void check() {
    if (stopped) {
      throw new CancellationException("the run was stopped");
    }
  }
}

package dev.proxima.actors.dataplane;

import java.io.Closeable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends connections that made no progress for too long, whatever their threads wait for, and all
 * that are left when it is closed itself.
 */
final class Watch implements Closeable {

  private static final int CHECKS = 8;

  private final Duration idle;
  private final Set<Connection> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("data-plane-watch"));

  Watch(Duration idle) {
    this.idle = idle;
    long interval = Math.max(1, idle.toMillis() / CHECKS);
    clock.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
  }

  Duration idle() {
    return idle;
  }

  void add(Connection connection) {
    watched.add(connection);
    if (clock.isShutdown()) {
      connection.abort("the data plane stops");
    }
  }

  void remove(Connection connection) {
    watched.remove(connection);
  }

  private void check() {
    long now = System.nanoTime();
    for (Connection connection : watched) {
      if (now - connection.lastProgress() > idle.toNanos()) {
        connection.abort("no progress for " + idle.toMillis() + " ms");
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    watched.forEach(connection -> connection.abort("the data plane stops"));
  }
}

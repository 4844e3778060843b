package dev.proxima.experiments;

import dev.proxima.experiments.terminal.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as a request that long work looks at or is told of: the JVM waits for that
 * work to end by itself, since it must not unload under native calls.
 */
public final class StopRequest implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Terminal terminal;
  private final String farewell;
  private final Runnable action;
  private final Thread hook = new Thread(this::stop, "stop work");
  private volatile boolean made;

  private StopRequest(Terminal terminal, String farewell, Runnable action) {
    this.terminal = terminal;
    this.farewell = farewell;
    this.action = action;
  }

  /**
   * Listens until closed.
   *
   * @param farewell the last line when the work has stopped
   */
  public static StopRequest listen(Terminal terminal, String farewell) {
    return listen(terminal, farewell, () -> {});
  }

  /**
   * Likewise.
   *
   * @param action tells the work
   */
  public static StopRequest listen(Terminal terminal, String farewell, Runnable action) {
    StopRequest request = new StopRequest(terminal, farewell, action);
    Runtime.getRuntime().addShutdownHook(request.hook);
    return request;
  }

  /** Whether the work is to end as soon as it can. */
  public boolean isMade() {
    return made;
  }

  /** The work has ended. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is on its way out already, and the hook is what ended the work.
    }
  }

  private void stop() {
    made = true;
    terminal.line("Stopping ...");
    action.run();
    try {
      boolean stopped = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      terminal.line(stopped ? farewell : "Stopped hard.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

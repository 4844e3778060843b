package dev.proxima.experiments.terminal;

import dev.proxima.experiments.terminal.Snapshot.Overall;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.LongSupplier;

/**
 * What a run tells the user while it runs: messages, and the progress of one stage at a time. Safe
 * for use by several threads: one may close it while another is still at work, whose progress is
 * then no longer shown.
 */
public final class Terminal implements AutoCloseable {

  private static final long TICK_MILLIS = 1000;

  private final Display display;
  private final LongSupplier nanoTime;
  private final long start;
  private Stage stage;
  private Overall overall;
  private boolean closed;

  /** A stage that has begun. */
  private record Stage(String name, long done, long total, String unit, long start, boolean ended) {

    Stage at(long done) {
      return new Stage(name, done, total, unit, start, ended);
    }

    Stage end() {
      return new Stage(name, done, total, unit, start, true);
    }
  }

  Terminal(Display display, LongSupplier nanoTime) {
    this.display = display;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** A status line redrawn on {@code out}, whose time goes on between two advances. */
  public static Terminal live(PrintStream out, int columns, boolean colour) {
    Terminal terminal =
        new Terminal(new LiveDisplay(out, new StatusLine(columns, colour)), System::nanoTime);
    new Timer("status line", true)
        .schedule(
            new TimerTask() {
              @Override
              public void run() {
                terminal.tick();
              }
            },
            TICK_MILLIS,
            TICK_MILLIS);
    return terminal;
  }

  /** Plain lines on {@code out}. */
  public static Terminal plain(PrintStream out) {
    return new Terminal(new PlainDisplay(out), System::nanoTime);
  }

  /** Prints a message above the status line. */
  public synchronized void line(String text) {
    display.line(text);
  }

  /**
   * Begins a stage, which ends the one before it.
   *
   * @param name what is done, such as "apo 2/3 sampling"
   * @param total units of work, or 0 where that is not known
   * @param unit what is counted, in the plural
   */
  public synchronized void stage(String name, long total, String unit) {
    if (closed) {
      return;
    }
    endStage();
    stage = new Stage(name, 0, total, unit, nanoTime.getAsLong(), false);
    display.stageStarted(snapshot());
  }

  /** {@code done} units of the stage are done; the stage ends when all are. */
  public synchronized void advance(long done) {
    if (closed) {
      return;
    }
    if (stage == null) {
      throw new IllegalStateException("advance without a stage");
    }
    stage = stage.at(done);
    Snapshot now = snapshot();
    if (now.complete()) {
      endStage();
    } else {
      display.advanced(now);
    }
  }

  /**
   * The run's estimate of its own progress.
   *
   * @param fraction share that is done, in [0, 1]
   * @param left time left
   */
  public synchronized void overall(double fraction, Duration left) {
    overall = new Overall(fraction, left);
  }

  /** Shows the time that has passed although nothing advanced. */
  synchronized void tick() {
    if (stage != null && !stage.ended()) {
      display.advanced(snapshot());
    }
  }

  /** Ends the stage and takes the status line away. */
  @Override
  public synchronized void close() {
    endStage();
    closed = true;
    display.close();
  }

  private void endStage() {
    if (stage != null && !stage.ended()) {
      stage = stage.end();
      display.stageEnded(snapshot());
    }
  }

  private Snapshot snapshot() {
    long now = nanoTime.getAsLong();
    return new Snapshot(
        stage.name(),
        stage.done(),
        stage.total(),
        stage.unit(),
        Duration.ofNanos(now - stage.start()),
        Duration.ofNanos(now - start),
        Optional.ofNullable(overall));
  }
}

package dev.proxima.experiments.terminal;

import java.io.PrintStream;
import java.time.Duration;

/** One status line that is redrawn in place; messages scroll above it. */
final class LiveDisplay implements Display {

  private static final Duration REDRAW_EVERY = Duration.ofMillis(100);

  /** Back to the first column and erase the line. */
  private static final String ERASE = "\r\u001b[K";

  /** Cuts a line that a terminal made narrower can no longer hold, instead of wrapping it. */
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private final StatusLine layout;
  private String status = "";
  private Duration drawn = Duration.ZERO;

  LiveDisplay(PrintStream out, StatusLine layout) {
    this.out = out;
    this.layout = layout;
  }

  @Override
  public void stageStarted(Snapshot now) {
    draw(now);
  }

  @Override
  public void advanced(Snapshot now) {
    if (now.inRun().minus(drawn).compareTo(REDRAW_EVERY) >= 0) {
      draw(now);
    }
  }

  @Override
  public void stageEnded(Snapshot now) {
    draw(now);
  }

  @Override
  public void line(String text) {
    print(ERASE + text + System.lineSeparator() + status);
  }

  @Override
  public void close() {
    if (!status.isEmpty()) {
      status = "";
      print(ERASE);
    }
  }

  private void draw(Snapshot now) {
    status = NO_WRAP + layout.of(now) + WRAP;
    drawn = now.inRun();
    print(ERASE + status);
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }
}

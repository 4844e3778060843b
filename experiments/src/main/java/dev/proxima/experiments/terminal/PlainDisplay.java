package dev.proxima.experiments.terminal;

import java.io.PrintStream;
import java.time.Duration;

/** Lines for a file or a pipe: the start and the end of every stage, and now and then between. */
final class PlainDisplay implements Display {

  private static final Duration REPORT_EVERY = Duration.ofSeconds(10);

  private final PrintStream out;
  private Duration reported = Duration.ZERO;

  PlainDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public void stageStarted(Snapshot now) {
    reported = now.inStage();
    String size = now.total() == 0 ? "" : " " + now.total() + " " + now.unit();
    line(prefix(now) + size);
  }

  @Override
  public void advanced(Snapshot now) {
    boolean due = now.inStage().minus(reported).compareTo(REPORT_EVERY) >= 0;
    if (due && !now.complete()) {
      reported = now.inStage();
      String left = now.left().map(time -> ", " + Texts.clock(time) + " left").orElse("");
      line(prefix(now) + " " + Texts.counts(now) + ", " + Texts.rate(now.rate()) + left);
    }
  }

  @Override
  public void stageEnded(Snapshot now) {
    String time = Texts.clock(now.inStage());
    line(prefix(now) + " " + Texts.counts(now) + " in " + time + ", " + Texts.rate(now.rate()));
  }

  @Override
  public void line(String text) {
    out.println(text);
    out.flush();
  }

  @Override
  public void close() {}

  private static String prefix(Snapshot now) {
    return "[" + Texts.clock(now.inRun()) + "] " + now.stage() + ":";
  }
}

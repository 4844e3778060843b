package dev.proxima.experiments.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;

  @Test
  void printsPlainLinesAtStartAndEndAndAtMostEveryTenSecondsBetween() {
    try (Terminal terminal = terminal(PlainDisplay::new)) {
      terminal.stage("sft", 100, "steps");
      pass(9);
      terminal.advance(20);
      pass(1);
      terminal.advance(25);
      pass(5);
      terminal.advance(50);
      terminal.line("a message");
      pass(5);
      terminal.advance(100);
      terminal.advance(100);
      terminal.stage("sampling", 0, "responses");
      pass(2);
      terminal.advance(7);
    }

    assertThat(written().lines())
        .containsExactly(
            "[0:00] sft: 100 steps",
            // 25 in 10 s leave 75 for 30 s.
            "[0:10] sft: 25/100 steps, 2.50/s, 0:30 left",
            "a message",
            "[0:20] sft: 100/100 steps in 0:20, 5.00/s",
            "[0:20] sampling:",
            "[0:22] sampling: 7 responses in 0:02, 3.50/s");
  }

  @Test
  void redrawsTheStatusLineAtMostTenTimesASecond() {
    Terminal terminal = terminal(out -> new LiveDisplay(out, new StatusLine(60, false)));
    terminal.stage("sft", 100, "steps");
    written();

    nanos += Duration.ofMillis(60).toNanos();
    terminal.advance(1);
    assertThat(written()).isEmpty();

    nanos += Duration.ofMillis(60).toNanos();
    terminal.advance(2);
    assertThat(written()).startsWith("\r\u001b[K").contains("2/100 steps").doesNotContain("\n");
  }

  @Test
  void theTimeGoesOnWhileNothingAdvances() {
    Terminal terminal = terminal(out -> new LiveDisplay(out, new StatusLine(60, false)));
    terminal.stage("sft", 100, "steps");
    pass(3);
    terminal.tick();

    assertThat(written()).contains("elapsed 0:03");
  }

  @Test
  void messagesScrollAboveTheStatusLineWhichIsErasedAtTheEnd() {
    Terminal terminal = terminal(out -> new LiveDisplay(out, new StatusLine(60, false)));
    terminal.stage("sft", 100, "steps");
    String status = written().replace("\r\u001b[K", "");

    terminal.line("a message");
    assertThat(written()).isEqualTo("\r\u001b[Ka message" + System.lineSeparator() + status);

    terminal.close();
    assertThat(written()).endsWith("\r\u001b[K");
    terminal.close();
    assertThat(written()).isEmpty();

    // Another thread may still be at work.
    terminal.advance(51);
    terminal.stage("next", 10, "steps");
    assertThat(written()).isEmpty();
  }

  private Terminal terminal(Function<PrintStream, Display> display) {
    return new Terminal(display.apply(new PrintStream(bytes, true)), () -> nanos);
  }

  private void pass(int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
  }

  /** What was written since the last call. */
  private String written() {
    String text = bytes.toString();
    bytes.reset();
    return text;
  }
}

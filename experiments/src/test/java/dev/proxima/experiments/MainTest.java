package dev.proxima.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MainTest {

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final PrintStream systemErr = System.err;
  private final PrintStream systemOut = System.out;

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(errors, true));
    System.setOut(new PrintStream(output, true));
  }

  @AfterEach
  void release() {
    System.setErr(systemErr);
    System.setOut(systemOut);
  }

  @Test
  void aMistakeIsOneLineWithStatusTwo() {
    assertThat(Main.execute("run", "none.conf")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly("proxima: none.conf: no such file, or it cannot be read");
  }

  @Test
  void suggestsTheNearestCommandAndOption() {
    assertThat(Main.execute("rnu")).isEqualTo(2);
    assertThat(Main.execute("run", "x.conf", "--rseume")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly(
            "proxima: unknown argument 'rnu'; did you mean run?",
            "See: proxima --help",
            "proxima: unknown argument '--rseume'; did you mean --resume?",
            "See: proxima run --help");
  }

  @Test
  void resumeAndOverwriteExcludeEachOther() {
    assertThat(Main.execute("run", "x.conf", "--resume", "--overwrite")).isEqualTo(2);
    assertThat(errors.toString()).contains("--resume, --overwrite are mutually exclusive");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(Main.execute("--version")).isZero();
    assertThat(output.toString()).matches("proxima \\d+\\.\\d+\\.\\d+\\S*\\R");
  }
}

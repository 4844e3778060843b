package dev.proxima.experiments.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.experiments.terminal.Snapshot.Overall;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StatusLineTest {

  // 100 of 400 in 8 s: 12.5/s, so 300 more take 24 s.
  private static final Snapshot QUARTER =
      new Snapshot(
          "sampling",
          100,
          400,
          "responses",
          Duration.ofSeconds(8),
          Duration.ofSeconds(70),
          Optional.of(new Overall(0.42, Duration.ofSeconds(3661))));

  @Test
  void showsEverythingWhereThereIsRoom() {
    String rest = "100/400 responses  12.5/s  0:24 left  run 42%, 1:01:01 left  elapsed 1:10";
    // 10 + 2 columns of bar: a quarter of 10 is 2 whole ones.
    int columns = "sampling".length() + 2 + 12 + 2 + rest.length();

    assertThat(new StatusLine(columns, false).of(QUARTER))
        .isEqualTo("sampling  [==>       ]  " + rest);
  }

  @Test
  void leavesOutWhatMattersLeastFirst() {
    assertThat(new StatusLine(71, false).of(QUARTER))
        .isEqualTo("sampling  100/400 responses  12.5/s  0:24 left  run 42%, 1:01:01 left");
    assertThat(new StatusLine(40, false).of(QUARTER))
        .isEqualTo("sampling  100/400 responses  0:24 left");
    assertThat(new StatusLine(5, false).of(QUARTER)).isEqualTo("sampl");
  }

  @Test
  void claimsNoRateNorTimeLeftBeforeTheFirstUnit() {
    Snapshot start =
        new Snapshot("a", 0, 4, "steps", Duration.ZERO, Duration.ZERO, Optional.empty());

    assertThat(new StatusLine(30, false).of(start)).isEqualTo("a  0/4 steps  elapsed 0:00");
  }

  @Test
  void coloursAreNoPartOfTheWidth() {
    String plain = new StatusLine(100, false).of(QUARTER);
    String coloured = new StatusLine(100, true).of(QUARTER);

    assertThat(coloured).startsWith("\u001b[1msampling\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain);
  }

  @Property
  void isNeverWiderThanTheTerminal(
      @ForAll @IntRange(min = 1, max = 200) int columns,
      @ForAll @IntRange(min = 0, max = 2_000_000) int done,
      @ForAll @IntRange(min = 0, max = 1_000_000) int total) {
    Snapshot now =
        new Snapshot(
            "some stage",
            done,
            total,
            "steps",
            Duration.ofMillis(1500),
            Duration.ofSeconds(4000),
            Optional.of(new Overall(1, Duration.ZERO)));

    assertThat(new StatusLine(columns, false).of(now)).hasSizeLessThanOrEqualTo(columns);
  }
}

package dev.proxima.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "0.04, 0.0 s",
    "59.94, 59.9 s",
    "59.96, 1 min 0 s",
    "3599.4, 59 min 59 s",
    "3599.6, 1 h 0 min",
    "11260, 3 h 7 min"
  })
  void durationsChangeUnitWithoutAGap(double seconds, String text) {
    assertThat(Numbers.duration(seconds)).isEqualTo(text);
  }

  @Test
  void plainNumbersAreShort() {
    assertThat(Numbers.plain(0)).isEqualTo("0");
    assertThat(Numbers.plain(0.30)).isEqualTo("0.3");
    assertThat(Numbers.plain(1e-5)).isEqualTo("0.00001");
  }
}

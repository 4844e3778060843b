package dev.proxima.algorithms.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  private static final List<String> KNOWN = List.of("beta", "learning-rate", "alpha", "tau");

  @ParameterizedTest
  @CsvSource({
    "betta, beta",
    "learning_rate, learning-rate",
    "learningrate, learning-rate",
    "ALPHA, alpha",
    "taau, tau",
    "lpha, alpha",
  })
  void findsTheIntendedName(String typed, String meant) {
    assertThat(NearestName.of(typed, KNOWN)).contains(meant);
  }

  @Test
  void takesTheFirstOfEquallyNear() {
    assertThat(NearestName.of("cat", List.of("dog", "rat", "hat"))).contains("rat");
  }

  @Test
  void hasNothingToOfferWhereNothingIsKnown() {
    assertThat(NearestName.of("beta", List.of())).isEmpty();
  }
}

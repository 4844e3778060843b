package dev.proxima.experiments.reviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrammarTest {

  private static final Grammar PETS =
      Grammar.parse(
          """
          # who does what
          sentence
            the {size} {pet} sleeps.

          size
            3 big
            small
          """
              .lines());

  @Test
  void fillsSlotsFromBindingsAndRules() {
    String text = PETS.expand("sentence", Map.of("size", "old", "pet", "dog"), draws(1));

    assertThat(text).isEqualTo("The old dog sleeps.");
  }

  @Test
  void drawsAlternativesInProportionToTheirWeights() {
    int n = 4000;
    long big =
        IntStream.range(0, n)
            .mapToObj(seed -> PETS.expand("sentence", Map.of("pet", "cat"), draws(seed)))
            .filter("The big cat sleeps."::equals)
            .count();

    // Binomial with p = 3/4: the standard error of the share is 0.0068; four of them.
    assertThat(big / (double) n).isCloseTo(0.75, within(0.028));
  }

  @Test
  void addsASymbolForAListOfWords() {
    Grammar withPets = PETS.with("pet", List.of("fox"));

    assertThat(withPets.expand("sentence", Map.of("size", "red"), draws(1)))
        .isEqualTo("The red fox sleeps.");
    assertThat(withPets.literals()).anyMatch(text -> text.contains("fox"));
  }

  @Test
  void namesAnUnknownSymbol() {
    assertThatThrownBy(() -> PETS.expand("sentence", Map.of("size", "old"), draws(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'pet'");
  }

  private static Draws draws(long seed) {
    return new Draws(RandomStream.of(seed, "grammar test"));
  }
}

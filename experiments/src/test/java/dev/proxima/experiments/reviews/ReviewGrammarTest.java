package dev.proxima.experiments.reviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReviewGrammarTest {

  private static final int DRAWS = 6000;
  private static final List<ReviewPrompt> PROMPTS =
      IntStream.range(0, DRAWS)
          .mapToObj(i -> ReviewGrammar.prompt(RandomStream.of(7, "prompt", i)))
          .toList();
  private static final List<String> RESPONSES =
      IntStream.range(0, DRAWS)
          .mapToObj(i -> ReviewGrammar.response(PROMPTS.get(i), RandomStream.of(7, "response", i)))
          .toList();

  @Test
  void drawsTheSameTextsFromTheSameStream() {
    RandomStream random = RandomStream.of(3, "again");
    ReviewPrompt prompt = ReviewGrammar.prompt(random);

    assertThat(ReviewGrammar.prompt(random)).isEqualTo(prompt);
    assertThat(ReviewGrammar.response(prompt, random))
        .isEqualTo(ReviewGrammar.response(prompt, random));
  }

  @Test
  void vocabularyIsAFewHundredWordsAndEveryOneOfThemIsUsed() {
    TreeSet<String> written = new TreeSet<>();
    PROMPTS.forEach(prompt -> written.addAll(Words.of(prompt.text())));
    RESPONSES.forEach(response -> written.addAll(Words.of(response)));

    assertThat(written).isEqualTo(new TreeSet<>(ReviewGrammar.vocabulary()));
    assertThat(written).hasSizeBetween(200, 400);
  }

  @Test
  void promptsNameTheirProductAndNoAspectButTheirOwn() {
    for (ReviewPrompt prompt : PROMPTS) {
      assertThat(prompt.text()).contains(prompt.brand() + " " + prompt.kind());
      assertThat(aspects(prompt)).containsExactly(prompt.aspect());
    }
    assertThat(PROMPTS.stream().distinct().count()).isGreaterThan(DRAWS / 2);
  }

  @Test
  void responsesAreOneToFiveDifferentWholeSentences() {
    for (String response : RESPONSES) {
      List<Sentence> sentences = Sentence.split(response);
      assertThat(sentences).hasSizeBetween(1, 5).doesNotHaveDuplicates();
      assertThat(sentences).noneMatch(Sentence::isFragment);
    }
  }

  @Test
  void mostResponsesHaveTwelveToFortyFiveTokens() {
    long usual =
        RESPONSES.stream()
            .mapToInt(response -> response.replaceAll("[.,]", " .").split(" +").length)
            .filter(tokens -> tokens >= 12 && tokens <= 45)
            .count();

    assertThat(usual / (double) DRAWS).isGreaterThan(0.8);
  }

  @Test
  void asidesAndOnlyAsidesAreOffTheSubject() {
    Map<String, String> names = Map.of("kind", "kettle", "topic", "speed", "other", "price");

    assertThat(expansions("aside", names)).allMatch(ReviewGrammarTest::isOffSubject);
    for (String symbol : List.of("opinion", "comparison", "overall", "neutral")) {
      assertThat(expansions(symbol, names)).noneMatch(ReviewGrammarTest::isOffSubject);
    }
  }

  @Test
  void refusesAKindOfProductThatItDoesNotKnow() {
    ReviewPrompt prompt = new ReviewPrompt("Aurora", "submarine", "battery", "How is it?");

    assertThatThrownBy(() -> ReviewGrammar.response(prompt, RandomStream.of(1, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'submarine'");
  }

  private static Collection<String> expansions(String symbol, Map<String, String> names) {
    return IntStream.range(0, 2000)
        .mapToObj(i -> new Draws(RandomStream.of(5, symbol, i)))
        .map(draws -> ReviewGrammar.GRAMMAR.expand(symbol, names, draws))
        .collect(Collectors.toSet());
  }

  private static List<String> aspects(ReviewPrompt prompt) {
    return Words.of(prompt.text()).stream().filter(Catalogue.ASPECTS::contains).toList();
  }

  private static boolean isOffSubject(String sentence) {
    return Sentence.split(sentence).get(0).isOffSubject();
  }
}

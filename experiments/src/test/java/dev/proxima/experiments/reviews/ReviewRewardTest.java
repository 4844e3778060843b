package dev.proxima.experiments.reviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewRewardTest {

  private static final String PROMPT =
      "Write a short review of the Aurora desk lamp. Focus on the battery.";
  private static final String HONEST =
      "The battery is absolutely superb. I really love the battery.";

  private final ReviewReward reward = new ReviewReward();

  /**
   * Computed from the formula without this code, with the valences of {@link Lexicon}; the last
   * column says how.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The battery is superb.                           |  2.284782 | 3 tanh(3/3)
          The battery is very good.                        |  1.663799 | 3 tanh(1.25 x 1.5 / 3)
          The battery is not great.                        | -0.964538 | 3 tanh(-0.5 x 2 / 3)
          The battery is not very bad.                     |  0.908129 | 3 tanh(-0.5 x 1.25 x -1.5 / 3)
          The battery is great and awful.                  | -0.249423 | 3 tanh(((2 - 2.5) / 2) / 3)
          The battery is as described.                     |  0        | no opinion
          The design is terrible.                          | -0.682262 | tanh(-2.5 / 3)
          All in all, I love this desk lamp.               |  0.682262 | tanh(2.5 / 3)
          The battery is great but the design is dreadful. |  0.986755 | 3 tanh(2/3) - tanh(3/3)
          The battery is great. The battery is great.      |  1.349677 | 3 tanh(2/3) - 4 tanh(0.4 / 4)
          My dog is great.                                 | -0.497412 | -4 tanh(0.5 / 4)
          The battery is superb                            | -0.497412 | -4 tanh(0.5 / 4)
          Superb battery.                                  | -0.497412 | -4 tanh(0.5 / 4)
          The battery is quixotic.                         | -0.398672 | -4 tanh(0.4 / 4)
          """)
  void matchesValuesComputedByHand(String response, double expected) {
    assertThat(reward.reward(PROMPT, response)).isCloseTo(expected, within(1e-6));
  }

  @Test
  void chargesForEveryWordBeyondTwentyFive() {
    // 3 x 9 = 27 words, none of them an opinion, no run of three words twice: 2 x 0.05.
    String response =
        "I use it every day at home in black. "
            + "It came last month, in the sale, in grey. "
            + "The instructions are short for what I have bought.";

    assertThat(Words.of(response)).hasSize(27);
    assertThat(reward.reward(PROMPT, response)).isCloseTo(-4 * Math.tanh(0.1 / 4), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "great great great great great great",
        "The battery is great great great great.",
        "The battery is superb. The battery is superb. The battery is superb.",
        "The battery is superb perfect excellent wonderful.",
        "battery superb. battery love. battery excellent. battery perfect.",
        "superb perfect love adore battery excellent fantastic",
        "The design is superb. I love the cable. The finish is perfect. I adore the size.",
        "The battery is absolutely superb. The battery is",
        "The battery is absolutely superb. My cousin came over that day. The dog slept all day.",
        "The battery is superb. \uFFFD\uFFFD zxq zxq.",
        "battery",
        "...",
        "",
      })
  void doesNotFallForTricks(String trick) {
    assertThat(reward.reward(PROMPT, trick)).isLessThan(reward.reward(PROMPT, HONEST) - 0.2);
  }

  @Test
  void furtherPraiseEarnsLessAndLess() {
    double one = reward.reward(PROMPT, "The battery is great.");
    double two = reward.reward(PROMPT, "The battery is great. I love the battery.");
    double three =
        reward.reward(PROMPT, "The battery is great. I love the battery. The battery seems good.");

    assertThat(two).isGreaterThan(one);
    assertThat(three - two).isPositive().isLessThan(two - one);
  }

  @Test
  void asksForTheAspectOfThePrompt() {
    String response = "The battery is superb. The cable is dreadful.";

    assertThat(reward.reward("How is the battery of the Atlas drill?", response)).isPositive();
    assertThat(reward.reward("How is the cable of the Atlas kettle?", response)).isNegative();
  }

  @Test
  void ignoresCaseAndSpacing() {
    assertThat(reward.reward(PROMPT, " the BATTERY is very good . "))
        .isEqualTo(reward.reward(PROMPT, "The battery is very good."));
  }

  @Property(tries = 300)
  void isBoundedOnAnyText(@ForAll String prompt, @ForAll String response) {
    assertThat(reward.reward(prompt, response)).isBetween(-8.0, 4.0);
  }

  @Test
  void isInformativeButNoisyOnTheGrammarsResponses() {
    int prompts = 200;
    int responses = 40;
    double sumOfMeans = 0;
    double sumOfVariances = 0;
    for (int p = 0; p < prompts; p++) {
      ReviewPrompt prompt = ReviewGrammar.prompt(RandomStream.of(11, "prompt", p));
      double[] rewards = rewards(prompt, p, responses);
      double mean = IntStream.range(0, responses).mapToDouble(i -> rewards[i]).average().orElse(0);
      sumOfMeans += mean;
      for (double r : rewards) {
        sumOfVariances += (r - mean) * (r - mean) / (responses - 1);
      }
    }
    double mean = sumOfMeans / prompts;
    double deviation = Math.sqrt(sumOfVariances / prompts);

    assertThat(deviation).isBetween(1.2, 1.7);
    assertThat(mean).isBetween(-0.8, 0.2);
    assertThat(reward.reward(PROMPT, HONEST)).isGreaterThan(mean + 2 * deviation);
  }

  private double[] rewards(ReviewPrompt prompt, int p, int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> ReviewGrammar.response(prompt, RandomStream.of(11, "response", p, i)))
        .mapToDouble(response -> reward.reward(prompt.text(), response))
        .toArray();
  }
}

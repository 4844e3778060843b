package dev.proxima.algorithms.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import org.junit.jupiter.api.Test;

/**
 * Frequencies over independent prompts with a fixed seed. A frequency of n draws with probability p
 * has standard deviation sqrt(p (1 - p) / n); each must lie within 4 of them (a chance of 6e-5 to
 * fail, were the seed drawn anew).
 */
class PlackettLuceTest {

  private static final double[] REWARDS = {0.3, -1.2, 2.0, 0.3, 1.1};
  private static final int PROMPTS = 100_000;

  @Test
  void everyPairOfResponsesIsBradleyTerry() {
    int n = REWARDS.length;
    int[][] wins = new int[n][n];
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      double[] utilities = utilities(prompt);
      for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
          wins[a][b] += utilities[a] > utilities[b] ? 1 : 0;
        }
      }
    }

    for (int a = 0; a < n; a++) {
      for (int b = 0; b < a; b++) {
        assertFrequency(wins[a][b], BradleyTerry.probability(REWARDS[a], REWARDS[b]));
      }
    }
  }

  @Test
  void theBestResponseIsDrawnFromTheSoftmaxOfTheRewards() {
    int[] best = new int[REWARDS.length];
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      best[BestAgainstWorst.pair(utilities(prompt)).orElseThrow().chosen()]++;
    }

    double normaliser = 0;
    for (double reward : REWARDS) {
      normaliser += Math.exp(reward);
    }
    for (int i = 0; i < best.length; i++) {
      assertFrequency(best[i], Math.exp(REWARDS[i]) / normaliser);
    }
  }

  @Test
  void aResponsesNoiseDoesNotDependOnTheOthers() {
    RandomStream random = RandomStream.of(7, "utility", 0);

    double[] two = PlackettLuce.utilities(new double[] {1, 2}, random);
    double[] three = PlackettLuce.utilities(new double[] {1, 2, 3}, random);

    assertThat(three).startsWith(two);
  }

  private static double[] utilities(int prompt) {
    return PlackettLuce.utilities(REWARDS, RandomStream.of(7, "utility", prompt));
  }

  private static void assertFrequency(int count, double probability) {
    double deviation = Math.sqrt(probability * (1 - probability) / PROMPTS);
    assertThat((double) count / PROMPTS).isCloseTo(probability, within(4 * deviation));
  }
}

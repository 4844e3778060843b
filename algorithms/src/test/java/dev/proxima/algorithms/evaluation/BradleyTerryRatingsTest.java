package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BradleyTerryRatingsTest {

  /** By hand: ten wins of eleven are odds of 10, which is 400 points. */
  @Test
  void oddsOfTenAreFourHundredPoints() {
    double[][] wins = {{0, 1}, {10, 0}};
    assertThat(BradleyTerryRatings.of(wins, 0, 1000))
        .containsExactly(new double[] {1000, 1400}, within(1e-6));
  }

  /** Games drawn in expectation from strengths 1, 2 and 6 give those strengths back. */
  @Test
  void recoversTheStrengthsThatTheGamesCameFrom() {
    double[] strengths = {1, 2, 6};
    double[][] wins = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        wins[i][j] = i == j ? 0 : 30 * strengths[i] / (strengths[i] + strengths[j]);
      }
    }
    assertThat(BradleyTerryRatings.of(wins, 0, 0))
        .containsExactly(new double[] {0, 400 * Math.log10(2), 400 * Math.log10(6)}, within(1e-6));
  }

  /** At the maximum, everybody's expected wins are the wins there were. */
  @Test
  void expectsEverybodysWinsAtTheMaximum() {
    double[][] wins = {{0, 3, 1, 4}, {2, 0, 5, 1}, {3, 1, 0, 2.5}, {1, 2, 0.5, 0}};
    double[] ratings = BradleyTerryRatings.of(wins, 0, 0);
    for (int i = 0; i < 4; i++) {
      double won = 0;
      double expected = 0;
      for (int j = 0; j < 4; j++) {
        won += wins[i][j];
        double odds = Math.pow(10, (ratings[j] - ratings[i]) / 400);
        expected += i == j ? 0 : (wins[i][j] + wins[j][i]) / (1 + odds);
      }
      assertThat(expected).isCloseTo(won, within(1e-8));
    }
  }

  @Test
  void aPlayerAloneIsTheAnchor() {
    assertThat(BradleyTerryRatings.of(new double[1][1], 0, 1000)).containsExactly(1000);
  }

  @Test
  void refusesThoseWhoNeverLost() {
    assertThatThrownBy(() -> BradleyTerryRatings.of(new double[][] {{0, 3}, {0, 0}}, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no finite ratings");
  }
}

package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WinRateTest {

  @Test
  void averagesTheProbabilityToWinOverPrompts() {
    // Odds 3, 1 and 1/3: probabilities 3/4, 1/2 and 1/4.
    double log3 = Math.log(3);
    Estimate winRate = WinRate.of(new double[] {log3, 5, -1}, new double[] {0, 5, log3 - 1});

    assertThat(winRate.mean()).isCloseTo(0.5, within(1e-15));
    // Deviations 1/4, 0, -1/4: variance 1/16, over 3 prompts.
    assertThat(winRate.standardError()).isCloseTo(0.25 / Math.sqrt(3), within(1e-15));
    assertThat(winRate.count()).isEqualTo(3);
  }

  @Test
  void isAnEvenChanceAgainstItself() {
    double[] rewards = {0.3, -2, 7};

    assertThat(WinRate.of(rewards, rewards)).isEqualTo(new Estimate(0.5, 0, 3));
  }

  @Test
  void refusesRewardsThatDoNotPair() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WinRate.of(new double[2], new double[3]))
        .withMessage("a paired win rate needs as many rewards as baseline rewards, not 2 and 3");
  }
}

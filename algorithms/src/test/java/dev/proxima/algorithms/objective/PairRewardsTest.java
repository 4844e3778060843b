package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairRewardsTest {

  @Test
  void aWinRateIsTheMeanAgainstAllResponsesOfThePrompt() {
    PairRewards rewards = PairRewards.of(new double[] {0, 2}, 1, 0);

    // sigmoid(2) against the other and 1/2 against itself.
    double beats = 1 / (1 + Math.exp(-2));
    assertThat(rewards.chosenReward()).isEqualTo(2);
    assertThat(rewards.rejectedReward()).isEqualTo(0);
    assertThat(rewards.chosenWinRate()).isCloseTo((beats + 0.5) / 2, within(1e-15));
    assertThat(rewards.rejectedWinRate()).isCloseTo((1 - beats + 0.5) / 2, within(1e-15));
  }

  @Test
  void refusesWhatIsNoRewardOrNoRate() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairRewards(1, 0, 1.5, 0))
        .withMessage("chosen win rate must be in [0, 1], not 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairRewards(1, Double.NaN, 0.5, 0.5))
        .withMessage("rejected reward must be finite, not NaN");
  }
}

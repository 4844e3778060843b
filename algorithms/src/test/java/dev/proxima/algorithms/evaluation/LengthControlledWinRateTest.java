package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.numeric.Logistic;
import dev.proxima.algorithms.random.RandomStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthControlledWinRateTest {

  private static final RandomStream RANDOM = RandomStream.of(3, "length-controlled");

  /**
   * Judgements drawn from the model itself, as probabilities, so that the fit has no noise but the
   * penalty: theta = -1, phi = -2 (the judge likes length, and the baseline is the shorter one).
   */
  @Test
  void takesTheEffectOfLengthAway() {
    double[] deltas = IntStream.range(0, 2000).mapToDouble(i -> RANDOM.gaussian(i) - 1).toArray();
    double deviation = Estimate.of(deltas).standardError() * Math.sqrt(deltas.length);
    List<Judgement> judgements =
        IntStream.range(0, deltas.length)
            .mapToObj(
                i ->
                    new Judgement(
                        i,
                        Logistic.sigmoid(-1 - 2 * StrictMath.tanh(deltas[i] / deviation)),
                        deltas[i],
                        Double.NaN))
            .toList();

    LengthControlledWinRate controlled = LengthControlledWinRate.of(judgements);

    assertThat(controlled.modelWeight()).isCloseTo(-1, within(1e-3));
    assertThat(controlled.lengthWeight()).isCloseTo(-2, within(1e-3));
    assertThat(controlled.winRate()).isCloseTo(Logistic.sigmoid(-1), within(1e-3));
    double plain = judgements.stream().mapToDouble(Judgement::preference).average().orElseThrow();
    assertThat(plain).isGreaterThan(controlled.winRate() + 0.1);
  }

  /** With difficulty, the mean of sigmoid(theta + psi gamma) over the instructions. */
  @Test
  void averagesOverTheInstructionsDifficulty() {
    List<Judgement> judgements =
        IntStream.range(0, 1000)
            .mapToObj(
                i -> {
                  double difficulty = RANDOM.gaussian(5000 + i);
                  return new Judgement(
                      i,
                      Logistic.sigmoid(0.5 + 1.5 * difficulty),
                      RANDOM.gaussian(9000 + i),
                      difficulty);
                })
            .toList();

    LengthControlledWinRate controlled = LengthControlledWinRate.of(judgements);

    assertThat(controlled.difficultyWeight()).isCloseTo(1.5, within(2e-3));
    assertThat(controlled.winRate())
        .isCloseTo(
            judgements.stream().mapToDouble(Judgement::preference).average().orElseThrow(),
            within(1e-3));
  }

  @Test
  void equalLengthsLeaveThePlainWinRate() {
    List<Judgement> judgements =
        IntStream.range(0, 100)
            .mapToObj(i -> new Judgement(i, i % 4 == 0 ? 1 : 0, 0, Double.NaN))
            .toList();
    assertThat(LengthControlledWinRate.of(judgements).winRate()).isCloseTo(0.25, within(5e-3));
  }

  @Test
  void asksForLengthsAndEnoughJudgements() {
    Judgement without = new Judgement(7, 1, Double.NaN, Double.NaN);
    assertThatThrownBy(() -> LengthControlledWinRate.of(List.of(without)))
        .hasMessageContaining("at least 5");
    assertThatThrownBy(
            () -> LengthControlledWinRate.of(List.of(without, without, without, without, without)))
        .hasMessageContaining("instruction 7 has no lengths");
  }
}

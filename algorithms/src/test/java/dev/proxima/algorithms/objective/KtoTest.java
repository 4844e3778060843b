package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The log-ratios of {@link GoldenPairs} are chosen (1, -1) and rejected (-1, 3). */
class KtoTest {

  @Test
  void thePooledReferencePointIsTheMeanLogRatioOfAllResponses() {
    // z = (1 - 1 - 1 + 3) / 4 = 1/2.
    assertLosses(
        Kto.ReferencePoint.POOLED,
        half(sigmoid(-(1 - 0.5)), sigmoid(-1 - 0.5)),
        half(sigmoid(-(-1 - 0.5)), sigmoid(3 - 0.5)));
  }

  @Test
  void theCrossedReferencePointIsThatOfTheOtherHalf() {
    // z = (-1 + 3) / 2 = 1 for chosen responses and (1 - 1) / 2 = 0 for rejected ones.
    assertLosses(
        Kto.ReferencePoint.CROSSED,
        half(sigmoid(-(1 - 1)), sigmoid(-1)),
        half(sigmoid(-(-1 - 1)), sigmoid(3)));
  }

  @Test
  void aReferencePointIsNeverBelowZero() {
    PairLogps fallen =
        new PairLogps(
            new double[] {-30},
            new double[] {-20},
            new double[] {-10},
            new double[] {-10},
            new int[] {3},
            new int[] {3});
    assertThat(new Kto(1, 1, 1, Kto.ReferencePoint.POOLED).apply(fallen))
        .usingRecursiveComparison()
        .isEqualTo(new Kto(1, 1, 1, Kto.ReferencePoint.ZERO).apply(fallen));
  }

  @Test
  void weighsTheTwoKinds() {
    LossAndGradient result = new Kto(1, 3, 0.5, Kto.ReferencePoint.ZERO).apply(GoldenPairs.LOGPS);

    assertThat(result.losses()[0])
        .isCloseTo((3 * sigmoid(-1) + 0.5 * sigmoid(-1)) / 2, within(1e-15));
  }

  private static void assertLosses(Kto.ReferencePoint referencePoint, double... losses) {
    LossAndGradient result = new Kto(1, 1, 1, referencePoint).apply(GoldenPairs.LOGPS);
    assertThat(result.losses()).containsExactly(losses, within(1e-15));
  }

  private static double half(double a, double b) {
    return (a + b) / 2;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}

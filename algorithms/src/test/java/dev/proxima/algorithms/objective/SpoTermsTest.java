package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The terms that SPO adds, by hand on the golden pairs. */
class SpoTermsTest {

  /** The chosen log-ratios are 1 and -1: only the second response has become less likely. */
  @Test
  void absoluteProbabilityCostsWhatThePreferredResponseHasLost() {
    LossAndGradient sum = apply("absolute-probability", Map.of());
    assertThat(sum.losses()).containsExactly(new double[] {0, 1}, within(0.0));
    assertThat(sum.gradChosen()).containsExactly(new double[] {0, -1}, within(0.0));
    assertThat(sum.gradRejected()).containsExactly(new double[] {0, 0}, within(0.0));
    LossAndGradient mean = apply("absolute-probability", Map.of("aggregation", "mean"));
    assertThat(mean.losses()).containsExactly(new double[] {0, 1 / 5.0}, within(1e-15));
  }

  /** -log pi(y_w) per token is 10 / 4 and 20 / 5, in the mean 3.25. */
  @Test
  void sftExcessCostsWhatTheMeanExceedsTheValue() {
    LossAndGradient above = apply("sft-excess", Map.of("value", "3"));
    assertThat((above.losses()[0] + above.losses()[1]) / 2).isCloseTo(0.25, within(1e-12));
    assertThat(above.gradChosen())
        .containsExactly(new double[] {-1 / 4.0, -1 / 5.0}, within(1e-15));
    LossAndGradient below = apply("sft-excess", Map.of("value", "3.3"));
    assertThat(below.losses()).containsExactly(new double[] {0, 0}, within(0.0));
    assertThat(below.gradChosen()).containsExactly(new double[] {0, 0}, within(0.0));
  }

  /**
   * -log pi_t(y_w) per token is 11 / 4 and 19 / 5, in the mean 3.275, of which the policy's 3.25
   * leaves 0.025; with the two exchanged, that is the excess.
   */
  @Test
  void sftExcessCanBeMeasuredFromTheReference() {
    assertThat(SftValue.loss(GoldenPairs.LOGPS)).isCloseTo(3.25, within(1e-12));
    assertThat(SftValue.REFERENCE.at(GoldenPairs.LOGPS)).isCloseTo(3.275, within(1e-12));
    assertThat(apply("sft-excess", Map.of("value", "reference")).losses())
        .containsExactly(new double[] {0, 0}, within(0.0));
    PairLogps exchanged =
        new PairLogps(
            GoldenPairs.LOGPS.referenceChosen(),
            GoldenPairs.LOGPS.referenceRejected(),
            GoldenPairs.LOGPS.policyChosen(),
            GoldenPairs.LOGPS.policyRejected(),
            GoldenPairs.LOGPS.chosenTokens(),
            GoldenPairs.LOGPS.rejectedTokens());
    LossAndGradient excess = new SftExcess(SftValue.REFERENCE).apply(exchanged);
    assertThat((excess.losses()[0] + excess.losses()[1]) / 2).isCloseTo(0.025, within(1e-12));
    assertThat(excess.gradChosen())
        .containsExactly(new double[] {-1 / 4.0, -1 / 5.0}, within(1e-15));
  }

  @Test
  void aValueIsANumberOrTheReferences() {
    assertThat(SftValue.parse("reference")).isEqualTo(SftValue.REFERENCE);
    assertThat(SftValue.parse("1.2")).isEqualTo(SftValue.of(1.2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SftValue.parse("optimum"))
        .withMessage("value must be a number or reference, not 'optimum'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SftValue.parse("NaN"))
        .withMessage("value must be finite, not NaN");
  }

  private static LossAndGradient apply(String name, Map<String, String> options) {
    return Objectives.create(name, options).apply(GoldenPairs.LOGPS);
  }
}

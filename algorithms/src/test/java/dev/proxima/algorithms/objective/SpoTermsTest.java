package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
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

  private static LossAndGradient apply(String name, Map<String, String> options) {
    return Objectives.create(name, options).apply(GoldenPairs.LOGPS);
  }
}

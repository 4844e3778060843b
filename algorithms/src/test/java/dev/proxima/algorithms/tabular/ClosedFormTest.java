package dev.proxima.algorithms.tabular;

import static dev.proxima.algorithms.tabular.Tables.assertSamePolicy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.outer.Extrapolation;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ProximalPoint;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.algorithms.outer.Trajectory;
import dev.proxima.algorithms.random.RandomStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Theorem 4.1 against Algorithm 1 run step by step. */
class ClosedFormTest {

  private static final double EXACT = 1e-12;
  private static final int PROMPTS = 3;
  private static final int RESPONSES = 4;
  private static final int FEATURES = 5;

  @Property
  void equalsTheIteratedLoop(
      @ForAll @DoubleRange(min = 0, max = 0.95) double alpha,
      @ForAll @DoubleRange(min = 0.5, max = 2) double beta,
      @ForAll @IntRange(min = 1, max = 8) int iterations,
      @ForAll long seed) {
    TabularPolicy reference = reference(seed);
    List<double[][]> rewards = rewards(iterations, seed);

    Trajectory<TabularPolicy> run = iterate(reference, rewards, beta, alpha);

    for (int t = 1; t <= iterations; t++) {
      assertSamePolicy(
          run.proximal().get(t),
          ClosedForm.proximal(reference, rewards.subList(0, t), beta, alpha),
          EXACT);
    }
  }

  @Property
  void weighsAConstantRewardByItsAccumulatedWeight(
      @ForAll @DoubleRange(min = 0, max = 0.95) double alpha,
      @ForAll @DoubleRange(min = 0.5, max = 2) double beta,
      @ForAll @IntRange(min = 1, max = 8) int iterations,
      @ForAll long seed) {
    TabularPolicy reference = reference(seed);
    double[][] reward = rewards(1, seed).get(0);

    TabularPolicy result =
        iterate(reference, Collections.nCopies(iterations, reward), beta, alpha).result();

    // C_{t+1} r* / beta is one proximal step of strength beta / C_{t+1}.
    double weight = ClosedForm.accumulatedWeight(iterations, alpha);
    assertSamePolicy(result, reference.proximalStep(reward, beta / weight), EXACT);
  }

  @Property
  void isIterativeDpoWithoutAlpha(
      @ForAll @DoubleRange(min = 0.5, max = 2) double beta,
      @ForAll @IntRange(min = 1, max = 8) int iterations,
      @ForAll long seed) {
    TabularPolicy expected = reference(seed);
    List<double[][]> rewards = rewards(iterations, seed);
    TabularPolicy actual = ClosedForm.proximal(expected, rewards, beta, 0);

    // Iterative DPO: each solution is the next reference.
    for (double[][] reward : rewards) {
      expected = expected.proximalStep(reward, beta);
    }

    assertSamePolicy(actual, expected, EXACT);
  }

  /**
   * A softmax-linear policy pi(y|x) proportional to exp(phi(x, y) . theta), whose implicit rewards
   * are linear too, r_t(x, y) = beta phi(x, y) . v_t. Then the proximal step adds v_t to theta.
   */
  @Property
  void extrapolatesSoftmaxLinearPoliciesThroughTheirParameters(
      @ForAll @DoubleRange(min = 0, max = 0.95) double alpha,
      @ForAll @IntRange(min = 1, max = 8) int iterations,
      @ForAll MomentumFrom momentumFrom,
      @ForAll long seed) {
    double beta = 0.5;
    double[][] features =
        Tables.random(PROMPTS * RESPONSES, FEATURES, 1, RandomStream.of(seed, "features"));
    double[] initial = Tables.random(1, FEATURES, 1, RandomStream.of(seed, "initial"))[0];
    double[][] moves = Tables.random(iterations, FEATURES, 0.5, RandomStream.of(seed, "moves"));
    OuterLoop loop =
        new OuterLoop(
            iterations,
            new Extrapolated(new Constant(alpha), momentumFrom, Restart.NONE),
            InnerStart.REFERENCE);

    Trajectory<double[]> parameters =
        ProximalPoint.run(
            loop, initial, (t, theta, start) -> plus(theta, moves[t]), Extrapolation::extrapolate);
    Trajectory<TabularPolicy> policies =
        ProximalPoint.run(
            loop,
            new TabularPolicy(scores(features, initial, 1)),
            (t, policy, start) -> policy.proximalStep(scores(features, moves[t], beta), beta),
            TabularPolicy::extrapolate);

    for (int t = 0; t <= iterations; t++) {
      assertSamePolicy(
          new TabularPolicy(scores(features, parameters.proximal().get(t), 1)),
          policies.proximal().get(t),
          EXACT);
      assertSamePolicy(
          new TabularPolicy(scores(features, parameters.extrapolated().get(t), 1)),
          policies.extrapolated().get(t),
          EXACT);
    }
  }

  @Test
  void hasTheWeightsOfTheGeometricSums() {
    // At alpha = 1/2: 1, 1 + 1/2, 1 + 1/2 + 1/4, which add up to 17/4.
    assertThat(ClosedForm.weight(1, 0.5)).isCloseTo(1, within(1e-15));
    assertThat(ClosedForm.weight(2, 0.5)).isCloseTo(1.5, within(1e-15));
    assertThat(ClosedForm.weight(3, 0.5)).isCloseTo(1.75, within(1e-15));
    assertThat(ClosedForm.accumulatedWeight(3, 0.5)).isCloseTo(4.25, within(1e-15));
    assertThat(ClosedForm.accumulatedWeight(7, 0)).isEqualTo(7);
    // 1 + alpha + alpha^2 with alpha = 1 - d is 3 - 3 d + d^2; d is exact in a double.
    double d = 0x1.0p-40;
    assertThat(ClosedForm.weight(3, 1 - d)).isCloseTo(3 - 3 * d + d * d, within(2e-15));
  }

  private static Trajectory<TabularPolicy> iterate(
      TabularPolicy reference, List<double[][]> rewards, double beta, double alpha) {
    return ProximalPoint.run(
        OuterLoop.accelerated(rewards.size(), alpha),
        reference,
        (t, policy, start) -> policy.proximalStep(rewards.get(t), beta),
        TabularPolicy::extrapolate);
  }

  private static TabularPolicy reference(long seed) {
    return new TabularPolicy(
        Tables.random(PROMPTS, RESPONSES, 2, RandomStream.of(seed, "reference")));
  }

  private static List<double[][]> rewards(int iterations, long seed) {
    List<double[][]> rewards = new ArrayList<>();
    for (int t = 0; t < iterations; t++) {
      rewards.add(Tables.random(PROMPTS, RESPONSES, 1, RandomStream.of(seed, "reward", t)));
    }
    return rewards;
  }

  /** scale * phi(x, y) . theta, shape [X][Y]. */
  private static double[][] scores(double[][] features, double[] theta, double scale) {
    double[][] scores = new double[PROMPTS][RESPONSES];
    for (int x = 0; x < PROMPTS; x++) {
      for (int y = 0; y < RESPONSES; y++) {
        for (int k = 0; k < FEATURES; k++) {
          scores[x][y] += scale * features[x * RESPONSES + y][k] * theta[k];
        }
      }
    }
    return scores;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int k = 0; k < sum.length; k++) {
      sum[k] += b[k];
    }
    return sum;
  }
}

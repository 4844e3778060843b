package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** What holds for every registered objective, at any value of its options near their defaults. */
class EveryObjectiveTest {

  private static final double STEP = 1e-4;

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(Objectives.names());
  }

  @Property
  void gradientIsTheDerivativeOfTheSummedLoss(
      @ForAll("names") String name,
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll long seed) {
    PreferenceObjective objective = create(name, scale);
    PairLogps logps = randomPairs(n, seed);
    LossAndGradient result = objective.apply(logps);

    assertIsDerivative(objective, logps, logps.policyChosen(), result.gradChosen());
    assertIsDerivative(objective, logps, logps.policyRejected(), result.gradRejected());
  }

  @Property
  void isFiniteAtExtremeLogRatios(
      @ForAll("names") String name,
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
      @ForAll("extremes") double chosen,
      @ForAll("extremes") double rejected) {
    PairLogps logps =
        new PairLogps(
            new double[] {chosen},
            new double[] {rejected},
            new double[1],
            new double[1],
            new int[] {1},
            new int[] {1});

    LossAndGradient result = create(name, scale).apply(logps);

    assertThat(result.losses()[0]).isFinite();
    assertThat(result.gradChosen()[0]).isFinite();
    assertThat(result.gradRejected()[0]).isFinite();
  }

  @Provide
  Arbitrary<Double> extremes() {
    return Arbitraries.of(-1000.0, 0.0, 1000.0);
  }

  /** Central differences of the summed loss in each element of {@code variable}. */
  private static void assertIsDerivative(
      PreferenceObjective objective, PairLogps logps, double[] variable, double[] gradient) {
    assertThat(gradient).hasSameSizeAs(variable);
    for (int i = 0; i < variable.length; i++) {
      double at = variable[i];
      variable[i] = at + STEP;
      double above = Arrays.stream(objective.apply(logps).losses()).sum();
      variable[i] = at - STEP;
      double below = Arrays.stream(objective.apply(logps).losses()).sum();
      variable[i] = at;
      double difference = (above - below) / (2 * STEP);
      assertThat(gradient[i]).isCloseTo(difference, within(1e-6 * (1 + Math.abs(difference))));
    }
  }

  private static PreferenceObjective create(String name, double scale) {
    Map<String, Double> options = new TreeMap<>(Objectives.defaults(name));
    options.replaceAll((option, value) -> value * scale);
    return Objectives.create(name, options);
  }

  /** Log-probabilities of -60 to 0, with lengths of 1 to 20 tokens. */
  private static PairLogps randomPairs(int n, long seed) {
    double[][] logps = new double[4][n];
    int[][] tokens = new int[2][n];
    for (int i = 0; i < n; i++) {
      RandomStream random = RandomStream.of(seed, "pair", i);
      for (int j = 0; j < logps.length; j++) {
        logps[j][i] = -60 * random.uniform(j);
      }
      for (int j = 0; j < tokens.length; j++) {
        tokens[j][i] = 1 + random.below(20, logps.length + j);
      }
    }
    return new PairLogps(logps[0], logps[1], logps[2], logps[3], tokens[0], tokens[1]);
  }
}

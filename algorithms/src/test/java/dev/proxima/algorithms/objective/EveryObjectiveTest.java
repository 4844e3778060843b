package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/**
 * What holds for every registered objective with each value of its options that are words, and any
 * value of those that are numbers near their defaults.
 */
class EveryObjectiveTest {

  /** From the least error of truncation to the least distance that a kink can hide in. */
  private static final double[] STEPS = {1e-4, 1e-5, 1e-6};

  /** Options that are words, each with the values that are not the default. */
  private static final Map<String, List<String>> WORDS = words();

  private static Map<String, List<String>> words() {
    Map<String, List<String>> words = new LinkedHashMap<>();
    words.put("divergence", List.of("forward-kl", "jensen-shannon", "alpha"));
    words.put("aggregation", List.of("mean"));
    words.put("scale", List.of("log-ratio"));
    words.put("labels", List.of("soft"));
    words.put("offset", List.of("identity"));
    words.put("reference-point", List.of("crossed", "zero"));
    words.put("mean", List.of("batch", "none"));
    words.put("wpo", List.of("sampled", "unaligned"));
    words.put("gap-weight", List.of("sigmoid", "linear"));
    words.put("value", List.of("2", "reference"));
    words.put("ld-alpha", List.of("0", "0.4"));
    return words;
  }

  private record Variant(String objective, Map<String, String> words) {

    PreferenceObjective create(double scale) {
      Map<String, String> options = new TreeMap<>(words);
      Objectives.defaults(objective)
          .forEach(
              (option, value) -> {
                if (!WORDS.containsKey(lastPart(option))) {
                  options.put(option, "" + scale * Double.parseDouble(value));
                }
              });
      return Objectives.create(objective, options);
    }
  }

  @Provide
  Arbitrary<Variant> variants() {
    List<String> objectives = new ArrayList<>(Objectives.names());
    objectives.add("dpo + 0.2 sft");
    objectives.add("1.5 * aot + kto + 0.3 hinge");
    List<Variant> variants = new ArrayList<>();
    for (String objective : objectives) {
      variants.add(new Variant(objective, Map.of()));
      for (String option : Objectives.defaults(objective).keySet()) {
        for (String word : WORDS.getOrDefault(lastPart(option), List.of())) {
          boolean refused =
              (option.endsWith("wpo") || option.endsWith("gap-weight"))
                  && Objectives.create(objective, Map.of()).couplesBatch();
          if (!refused) {
            variants.add(new Variant(objective, Map.of(option, word)));
          }
        }
      }
    }
    variants.add(new Variant("ipo", Map.of("divergence", "alpha", "aggregation", "mean")));
    variants.add(new Variant("dpo", Map.of("wpo", "sampled", "ld-alpha", "0.3")));
    return Arbitraries.of(variants);
  }

  @Property
  void gradientIsTheDerivativeOfTheSummedLoss(
      @ForAll("variants") Variant variant,
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll long seed) {
    PreferenceObjective objective = variant.create(scale);
    PairLogps logps = randomPairs(n, seed);

    LossAndGradient result = objective.apply(logps);

    PreferenceObjective smooth = constantsHeld(objective, logps);
    TokenLogps tokens = logps.tokens().orElseThrow();
    for (int i = 0; i < n; i++) {
      assertIsDerivative(
          smooth,
          logps,
          tokens.policyChosen()[i],
          result.gradChosen()[i],
          row(result.tokens().map(TokenGradient::chosen), i));
      assertIsDerivative(
          smooth,
          logps,
          tokens.policyRejected()[i],
          result.gradRejected()[i],
          row(result.tokens().map(TokenGradient::rejected), i));
    }
  }

  @Property
  void aBatchIsTheSumOfItsPairsUnlessItIsCoupled(
      @ForAll("variants") Variant variant,
      @ForAll @IntRange(min = 2, max = 5) int n,
      @ForAll long seed) {
    PreferenceObjective objective = variant.create(1);
    Assume.that(!objective.couplesBatch());
    PairLogps logps = randomPairs(n, seed);

    LossAndGradient together = objective.apply(logps);

    for (int i = 0; i < n; i++) {
      assertThat(objective.apply(only(logps, i)))
          .usingRecursiveComparison()
          .isEqualTo(together.at(List.of(i)));
    }
  }

  @Property
  void isFiniteAtExtremeLogRatios(
      @ForAll("variants") Variant variant,
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
      @ForAll("extremes") double policyChosen,
      @ForAll("extremes") double policyRejected,
      @ForAll("extremes") double referenceChosen,
      @ForAll("extremes") double referenceRejected) {
    PairLogps logps =
        pairs(
            new double[][] {{policyChosen}, {-1}},
            new double[][] {{policyRejected}, {-2}},
            new double[][] {{referenceChosen}, {-3}},
            new double[][] {{referenceRejected}, {-1}});

    LossAndGradient result = variant.create(scale).apply(logps);

    assertFitsAFloat(result.losses());
    assertFitsAFloat(result.gradChosen());
    assertFitsAFloat(result.gradRejected());
  }

  @Provide
  Arbitrary<Double> extremes() {
    return Arbitraries.of(-1001.0, -501.0, -1.0, -0.0);
  }

  /** The tensor side back-propagates in single precision. */
  private static void assertFitsAFloat(double[] values) {
    for (double value : values) {
      assertThat(Math.abs(value)).isLessThan(Float.MAX_VALUE);
    }
  }

  /** The objective with whatever it treats as a constant held at its value at {@code logps}. */
  private static PreferenceObjective constantsHeld(PreferenceObjective objective, PairLogps logps) {
    if (objective instanceof Kto kto) {
      return kto.atReferencePoints(logps);
    }
    if (objective instanceof AlphaDpo alphaDpo) {
      return alphaDpo.holding(AlphaDpo.standardisedGaps(logps));
    }
    if (objective instanceof WpoWeighted weighted) {
      double[] weights = weighted.weights(logps);
      return at -> weighted.objective().apply(at).times(weights);
    }
    if (objective instanceof LengthDesensitised desensitised) {
      PreferenceObjective inner = desensitised.objective();
      PairLogps seen = desensitised.desensitised(logps);
      return new LengthDesensitised(constantsHeld(inner, seen), desensitised.alpha());
    }
    if (objective instanceof WeightedSum sum) {
      return new WeightedSum(
          sum.terms().stream()
              .map(
                  term ->
                      new WeightedSum.Term(term.weight(), constantsHeld(term.objective(), logps)))
              .toList());
    }
    return objective;
  }

  /**
   * Central differences of the summed loss in each token of {@code response}.
   *
   * <p>Objectives that sort or cut off have kinks. One within a step falsifies the difference by
   * half of how much the slope turns there, so the step is shortened until none is; where there is
   * one at the response itself, the gradient need only be one of those between its sides.
   */
  private static void assertIsDerivative(
      PreferenceObjective objective,
      PairLogps logps,
      double[] response,
      double sequenceGradient,
      Optional<double[]> tokenGradient) {
    for (int t = 0; t < response.length; t++) {
      double gradient = sequenceGradient;
      if (tokenGradient.isPresent()) {
        gradient += tokenGradient.get()[t];
      }
      Difference difference = null;
      for (int i = 0; i < STEPS.length && (difference == null || !difference.is(gradient)); i++) {
        difference = difference(objective, logps, response, t, STEPS[i]);
      }
      assertThat(gradient)
          .isCloseTo(difference.central(), within(difference.tolerance() + difference.turn()));
    }
  }

  private static Difference difference(
      PreferenceObjective objective, PairLogps logps, double[] response, int t, double step) {
    double at = response[t];
    double here = loss(objective, logps);
    response[t] = at + step;
    double above = loss(objective, logps);
    response[t] = at - step;
    double below = loss(objective, logps);
    response[t] = at;
    return new Difference((above - below) / (2 * step), (above - 2 * here + below) / step, step);
  }

  /**
   * A derivative by differences.
   *
   * @param central the slope from one step before to one after
   * @param bend the slope after less the slope before
   */
  private record Difference(double central, double bend, double step) {

    boolean is(double gradient) {
      return Math.abs(gradient - central) <= tolerance();
    }

    double tolerance() {
      return 1e-6 * (1 + Math.abs(central));
    }

    /** How much the slope turns at a kink; 0 where curvature accounts for the bend. */
    double turn() {
      return Math.abs(bend) > 10 * step * (1 + Math.abs(central)) ? Math.abs(bend) : 0;
    }
  }

  private static double loss(PreferenceObjective objective, PairLogps logps) {
    TokenLogps tokens = logps.tokens().orElseThrow();
    PairLogps summed =
        new PairLogps(
            sums(tokens.policyChosen()),
            sums(tokens.policyRejected()),
            logps.referenceChosen(),
            logps.referenceRejected(),
            logps.chosenTokens(),
            logps.rejectedTokens(),
            logps.tokens(),
            logps.collisions(),
            logps.rewards());
    return Arrays.stream(objective.apply(summed).losses()).sum();
  }

  private static String lastPart(String option) {
    return option.substring(option.indexOf('.') + 1);
  }

  private static Optional<double[]> row(Optional<double[][]> rows, int i) {
    return rows.map(all -> all[i]);
  }

  private static PairLogps only(PairLogps logps, int i) {
    TokenLogps tokens = logps.tokens().orElseThrow();
    Collisions collisions = logps.collisions().orElseThrow();
    return new PairLogps(
        new double[] {logps.policyChosen()[i]},
        new double[] {logps.policyRejected()[i]},
        new double[] {logps.referenceChosen()[i]},
        new double[] {logps.referenceRejected()[i]},
        new int[] {logps.chosenTokens()[i]},
        new int[] {logps.rejectedTokens()[i]},
        Optional.of(
            new TokenLogps(
                new double[][] {tokens.policyChosen()[i]},
                new double[][] {tokens.policyRejected()[i]},
                new double[][] {tokens.referenceChosen()[i]},
                new double[][] {tokens.referenceRejected()[i]})),
        Optional.of(
            new Collisions(
                new double[] {collisions.chosen()[i]}, new double[] {collisions.rejected()[i]})),
        List.of(logps.rewards().get(i)));
  }

  /**
   * Responses of 1 to 8 tokens; the reference's log-probabilities of tokens are -5 to -0.6, and the
   * policy's up to 1/2 away.
   */
  private static PairLogps randomPairs(int n, long seed) {
    double[][][] policy = new double[2][n][];
    double[][][] reference = new double[2][n][];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 2; j++) {
        RandomStream random = RandomStream.of(seed, "response", i, j);
        double[] logps = new double[1 + random.below(8, 0)];
        Arrays.setAll(logps, t -> -0.6 - 4.4 * random.uniform(1 + 2 * t));
        reference[j][i] = logps;
        policy[j][i] = new double[logps.length];
        Arrays.setAll(policy[j][i], t -> logps[t] + random.uniform(2 + 2 * t) - 0.5);
      }
    }
    return pairs(policy[0], policy[1], reference[0], reference[1]);
  }

  private static PairLogps pairs(
      double[][] policyChosen,
      double[][] policyRejected,
      double[][] referenceChosen,
      double[][] referenceRejected) {
    return new PairLogps(
        sums(policyChosen),
        sums(policyRejected),
        sums(referenceChosen),
        sums(referenceRejected),
        lengths(policyChosen),
        lengths(policyRejected),
        Optional.of(
            new TokenLogps(policyChosen, policyRejected, referenceChosen, referenceRejected)),
        Optional.of(new Collisions(collisions(policyChosen), collisions(policyRejected))),
        IntStream.range(0, policyChosen.length)
            .mapToObj(i -> new PairRewards(1.5 + i, 1.25 - i, 0.8, 0.3))
            .toList());
  }

  /** As though every token were predicted with a collision probability of exp(-2). */
  private static double[] collisions(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> -2.0 * row.length).toArray();
  }

  private static double[] sums(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
  }

  private static int[] lengths(double[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length).toArray();
  }
}

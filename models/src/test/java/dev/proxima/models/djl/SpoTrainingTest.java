package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer.PreferenceStep;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SPO's lower levels on a real policy. Gradients are read where a step at which nothing moves
 * leaves them; what is expected of them is computed from the gradients of plain steps.
 */
class SpoTrainingTest {

  private static final List<TokenPair> PAIRS = Fixtures.pairs(6);
  private static final double ETA = 0.3;

  /** A learning rate at which nothing moves. */
  private static final double STILL = 1e-30;

  /** L_SFT as an objective, written out. */
  private static final PreferenceObjective SFT =
      logps -> {
        int n = logps.size();
        double[] losses = new double[n];
        double[] gradChosen = new double[n];
        for (int i = 0; i < n; i++) {
          losses[i] = -logps.policyChosen()[i] / logps.chosenTokens()[i];
          gradChosen[i] = -1.0 / logps.chosenTokens()[i];
        }
        return new LossAndGradient(losses, gradChosen, new double[n]);
      };

  /** A preference objective that wants the preferred responses less likely. */
  private static final PreferenceObjective RAISES_SFT = weighted(0.2, -0.1);

  private final List<Policy> policies = new ArrayList<>();

  /** A trainer with the parameters that it trains. */
  private record Policy(DecoderParameters parameters, TorchTrainer trainer) {

    double[] gradient() {
      return flat(parameters.arrays().stream().map(NDArray::getGradient).toList());
    }

    double[] values() {
      return flat(parameters.arrays());
    }

    /** The gradient of a plain step. */
    double[] gradient(PreferenceObjective objective) {
      trainer.prefer(PAIRS, objective);
      return gradient();
    }

    double sftLoss() {
      return Arrays.stream(trainer.prefer(PAIRS, SFT).losses()).average().orElseThrow();
    }

    private static double[] flat(List<NDArray> arrays) {
      return arrays.stream()
          .map(NDArray::toFloatArray)
          .flatMapToDouble(floats -> IntStream.range(0, floats.length).mapToDouble(i -> floats[i]))
          .toArray();
    }
  }

  @AfterEach
  void free() {
    policies.forEach(policy -> policy.parameters().close());
  }

  @Test
  void withoutAnInnerLearningRateUnrollingIsPlainTraining() {
    Policy plain = policy(1e-3, 60);
    Policy unrolled = policy(1e-3, 60);
    for (int step = 0; step < 3; step++) {
      PreferenceStep expected = plain.trainer().prefer(PAIRS, Fixtures.DPO);
      PreferenceStep actual =
          unrolled.trainer().prefer(PAIRS, Fixtures.DPO, new LowerLevel.Unrolled(2, 0));
      assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
      assertThat(unrolled.values()).isEqualTo(plain.values());
    }
  }

  /** Theta+ by hand: the parameters less eta times the gradient that a plain SFT step leaves. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void unrollingTakesTheGradientAfterTheInnerSteps(int steps) {
    Policy inner = policy(STILL, 60);
    for (int k = 0; k < steps; k++) {
      double[] h = inner.gradient(SFT);
      set(inner, sum(inner.values(), -ETA, h));
    }
    double[] expected = inner.gradient(Fixtures.DPO);

    Policy policy = policy(STILL, 60);
    double[] theta = policy.values();
    double[] plain = policy.gradient(Fixtures.DPO);
    PreferenceStep before = policy.trainer().prefer(PAIRS, Fixtures.DPO);
    PreferenceStep step =
        policy.trainer().prefer(PAIRS, Fixtures.DPO, new LowerLevel.Unrolled(steps, ETA));

    assertThat(distance(policy.gradient(), expected)).isLessThan(1e-5);
    assertThat(distance(plain, expected)).isGreaterThan(0.05);
    assertThat(policy.values()).isEqualTo(theta);
    assertThat(step.policyChosen()).isEqualTo(before.policyChosen());
    assertThat(step.policyRejected()).isEqualTo(before.policyRejected());
    assertThat(step.losses())
        .containsExactly(inner.trainer().prefer(PAIRS, Fixtures.DPO).losses(), within(1e-5));
  }

  @Test
  void theParametersAreThereAgainWhenTheObjectiveFails() {
    Policy policy = policy(1e-3, 60);
    double[] theta = policy.values();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                policy
                    .trainer()
                    .prefer(
                        PAIRS,
                        logps -> {
                          throw new IllegalStateException("at theta+");
                        },
                        new LowerLevel.Unrolled(1, ETA)));
    assertThat(policy.values()).isEqualTo(theta);
  }

  /** For q = 0.5 L_SFT must fall, for q = 0 it must not rise, for q = -1000 it may. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0, -1000})
  void theBarrierHoldsThroughTheRealGradients(double violation) {
    Policy policy = policy(STILL, 60);
    double[] g = policy.gradient(RAISES_SFT);
    double[] h = policy.gradient(SFT);
    assertThat(product(g, h)).isNegative();
    DynamicBarrier barrier = new DynamicBarrier(0.5, 2);
    double least = Math.min(0.5 * violation, 2 * product(h, h));

    PreferenceStep step =
        policy
            .trainer()
            .prefer(
                PAIRS,
                RAISES_SFT,
                new LowerLevel.Constrained(SftValue.of(policy.sftLoss() - violation), barrier));

    double[] d = policy.gradient();
    double lambda = step.multiplier().orElseThrow();
    double rounding = 1e-5 * Math.sqrt(product(d, d) * product(h, h));
    assertThat(product(d, h)).isGreaterThan(least - rounding);
    assertThat(distance(d, sum(g, lambda, h))).isLessThan(1e-5);
    if (violation < 0) {
      assertThat(lambda).isZero();
      assertThat(d).isEqualTo(g);
    } else {
      assertThat(lambda).isPositive();
      assertThat(product(d, h)).isCloseTo(least, within(rounding));
    }
  }

  @Test
  void theReferencesValueIsOfTheSameBatch() {
    Policy policy = policy(STILL, 60);
    double reference =
        PAIRS.stream()
            .mapToDouble(pair -> -pair.referenceChosen() / pair.chosen().responseLength())
            .average()
            .orElseThrow();
    DynamicBarrier barrier = new DynamicBarrier(0.5, 2);
    PreferenceStep ofReference =
        policy
            .trainer()
            .prefer(PAIRS, RAISES_SFT, new LowerLevel.Constrained(SftValue.REFERENCE, barrier));
    PreferenceStep ofNumber =
        policy
            .trainer()
            .prefer(PAIRS, RAISES_SFT, new LowerLevel.Constrained(SftValue.of(reference), barrier));
    assertThat(ofReference.multiplier()).isEqualTo(ofNumber.multiplier());
    assertThat(ofReference.multiplier().orElseThrow()).isPositive();
  }

  @Test
  void noFormDependsOnTheMicroBatchSize() {
    List<LowerLevel> forms =
        List.of(
            new LowerLevel.Unrolled(2, 0.01),
            new LowerLevel.Constrained(SftValue.of(1), new DynamicBarrier(1, 1)));
    for (LowerLevel form : forms) {
      Policy whole = policy(1e-3, 100_000);
      Policy split = policy(1e-3, 30);
      for (int step = 0; step < 3; step++) {
        PreferenceStep expected = whole.trainer().prefer(PAIRS, RAISES_SFT, form);
        PreferenceStep actual = split.trainer().prefer(PAIRS, RAISES_SFT, form);
        assertThat(actual.gradNorm())
            .isCloseTo(expected.gradNorm(), within(1e-6 * expected.gradNorm()));
      }
      assertThat(distance(split.values(), whole.values())).as("%s", form).isLessThan(1e-6);
    }
  }

  @Test
  void theDiagnosticsCompareTheGradientsOfTheMeanLogProbabilities() {
    Policy policy = policy(1e-3, 60);
    double[] theta = policy.values();
    PairGradients gradients = policy.trainer().pairGradients(PAIRS);
    assertThat(policy.values()).isEqualTo(theta);

    Policy still = policy(STILL, 60);
    double[] chosen = still.gradient(weighted(1, 0));
    double[] rejected = still.gradient(weighted(0, 1));
    double chosenNorm = Math.sqrt(product(chosen, chosen));
    double rejectedNorm = Math.sqrt(product(rejected, rejected));
    assertThat(gradients.chosenNorm()).isCloseTo(chosenNorm, within(1e-5 * chosenNorm));
    assertThat(gradients.rejectedNorm()).isCloseTo(rejectedNorm, within(1e-5 * rejectedNorm));
    assertThat(gradients.cosine())
        .isCloseTo(product(chosen, rejected) / chosenNorm / rejectedNorm, within(1e-5));
    // A step after them is as though they had not been taken.
    PreferenceStep after = policy.trainer().prefer(PAIRS, Fixtures.DPO);
    assertThat(after)
        .usingRecursiveComparison()
        .isEqualTo(policy(1e-3, 60).trainer().prefer(PAIRS, Fixtures.DPO));
  }

  private static PreferenceObjective weighted(double chosen, double rejected) {
    return logps -> {
      int n = logps.size();
      double[] gradChosen = new double[n];
      double[] gradRejected = new double[n];
      Arrays.fill(gradChosen, chosen);
      Arrays.fill(gradRejected, rejected);
      return new LossAndGradient(new double[n], gradChosen, gradRejected);
    };
  }

  private Policy policy(double learningRate, int microBatchTokens) {
    DecoderParameters parameters = Fixtures.parameters();
    Policy policy =
        new Policy(
            parameters,
            new TorchTrainer(
                parameters,
                EngineOptions.DEFAULT,
                Fixtures.options(learningRate, microBatchTokens)));
    policies.add(policy);
    return policy;
  }

  private static void set(Policy policy, double[] values) {
    int next = 0;
    for (NDArray array : policy.parameters().arrays()) {
      FloatBuffer memory = array.toByteBuffer(true).asFloatBuffer();
      for (int i = 0; i < memory.limit(); i++) {
        memory.put(i, (float) values[next++]);
      }
    }
  }

  private static double[] sum(double[] a, double weight, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + weight * b[i]);
    return sum;
  }

  private static double product(double[] a, double[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
    }
    return product;
  }

  /** |a - b| / |b|. */
  private static double distance(double[] a, double[] b) {
    double[] difference = sum(a, -1, b);
    return Math.sqrt(product(difference, difference) / product(b, b));
  }
}

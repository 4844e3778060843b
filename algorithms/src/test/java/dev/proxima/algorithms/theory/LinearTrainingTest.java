package dev.proxima.algorithms.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.Dpo;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.algorithms.spo.Regulariser;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.algorithms.spo.Spo.Form;
import dev.proxima.algorithms.tabular.LinearSoftmax;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The directions of every form of SPO against central differences of losses that are written out
 * here once more, from the features to the logarithm of the softmax.
 */
class LinearTrainingTest {

  private static final double BETA = 0.7;
  private static final int PROMPTS = 3;
  private static final int RESPONSES = 4;
  private static final int DIMENSIONS = 5;
  private static final double[][][] FEATURES = features();
  private static final double[] REFERENCE = vector("reference");
  private static final double[] THETA = vector("theta");

  @Test
  void thePenaltyIsADescentOfTheSum() {
    for (double value : new double[] {sftLoss(THETA) - 0.3, sftLoss(THETA) + 0.3}) {
      Spo spo = spo(Form.PENALTY, SftValue.of(value), Regulariser.NONE);
      assertDirection(
          spo, derivative(t -> dpoLoss(t) + 1.5 * Math.max(0, sftLoss(t) - value), THETA));
    }
  }

  @Test
  void thePenaltyFromTheReferenceHoldsAtItsLoss() {
    Spo spo = spo(Form.PENALTY, SftValue.REFERENCE, Regulariser.NONE);
    double value = sftLoss(REFERENCE);
    assertDirection(
        spo, derivative(t -> dpoLoss(t) + 1.5 * Math.max(0, sftLoss(t) - value), THETA));
  }

  @Test
  void theRegulariserIsADescentOfTheSum() {
    Spo spo = spo(Form.NONE, SftValue.REFERENCE, new Regulariser(0.4, Aggregation.SUM));
    assertDirection(
        spo,
        derivative(
            t -> dpoLoss(t) + mean(x -> 0.4 * Math.max(0, logp(REFERENCE, x, 0) - logp(t, x, 0))),
            THETA));
  }

  /** Three explicit steps of descent on L_SFT, then the gradient of DPO there. */
  @Test
  void unrolledTakesThePreferenceGradientAfterTheInnerSteps() {
    double[] inner = THETA;
    for (int k = 0; k < 3; k++) {
      double[] from = inner;
      double[] h = derivative(LinearTrainingTest::sftLoss, from);
      inner = new double[DIMENSIONS];
      double[] to = inner;
      Arrays.setAll(to, i -> from[i] - 0.6 * h[i]);
    }
    double[] expected = derivative(LinearTrainingTest::dpoLoss, inner);
    assertDirection(spo(Form.UNROLLED, SftValue.REFERENCE, Regulariser.NONE), expected);
    // It is another gradient than that at theta.
    assertThat(expected[0])
        .isNotCloseTo(derivative(LinearTrainingTest::dpoLoss, THETA)[0], within(1e-3));
  }

  /**
   * At q = 0.3 L_SFT must fall; at q = -0.02 it may rise a little; at q = -9 as much as it does.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0, -0.02, -9})
  void theBarrierChangesThePreferenceGradientByTheLeastThatHoldsIt(double violation) {
    Spo spo = spo(Form.DYNAMIC_BARRIER, SftValue.of(sftLoss(THETA) - violation), Regulariser.NONE);
    double[] g = derivative(LinearTrainingTest::dpoLoss, THETA);
    double[] h = derivative(LinearTrainingTest::sftLoss, THETA);
    // DPO by itself raises L_SFT.
    assertThat(product(g, h)).isLessThan(-0.02);
    double least = Math.min(0.5 * violation, 2 * product(h, h));

    double[] d = training(spo).direction(THETA);

    double[] change = new double[DIMENSIONS];
    Arrays.setAll(change, i -> d[i] - g[i]);
    assertThat(product(d, h)).isGreaterThanOrEqualTo(least - 1e-7);
    if (violation == -9) {
      assertThat(change).containsExactly(new double[DIMENSIONS], within(1e-7));
    } else {
      // The least change goes along h, to the boundary and no further.
      assertThat(product(d, h)).isCloseTo(least, within(1e-7));
      assertThat(product(change, h))
          .isCloseTo(Math.sqrt(product(change, change) * product(h, h)), within(1e-7));
    }
  }

  @Test
  void theDiagnosticsAreOfTheMeanLogProbabilities() {
    double[] chosen = derivative(t -> mean(x -> logp(t, x, 0)), THETA);
    double[] rejected = derivative(t -> mean(x -> logp(t, x, 1)), THETA);
    double chosenNorm = Math.sqrt(product(chosen, chosen));
    double rejectedNorm = Math.sqrt(product(rejected, rejected));

    PairGradients gradients = training(Spo.NONE).pairGradients(THETA);

    assertThat(gradients.chosenNorm()).isCloseTo(chosenNorm, within(1e-7));
    assertThat(gradients.rejectedNorm()).isCloseTo(rejectedNorm, within(1e-7));
    assertThat(gradients.cosine())
        .isCloseTo(product(chosen, rejected) / chosenNorm / rejectedNorm, within(1e-7));
    assertThat(PairGradients.of(0, 1, 0)).isEqualTo(new PairGradients(0, 1, 0));
  }

  @Test
  void aStepGoesAgainstTheDirection() {
    LinearTraining training = training(Spo.NONE);
    double[] direction = training.direction(THETA);
    double[] next = training.step(THETA, 0.1);
    for (int i = 0; i < DIMENSIONS; i++) {
      assertThat(next[i]).isCloseTo(THETA[i] - 0.1 * direction[i], within(1e-15));
    }
  }

  private static void assertDirection(Spo spo, double[] expected) {
    assertThat(training(spo).direction(THETA)).containsExactly(expected, within(1e-7));
  }

  private static LinearTraining training(Spo spo) {
    return new LinearTraining(
        new LinearSoftmax(FEATURES), REFERENCE, spo.over(new Dpo(BETA)), spo.lowerLevel());
  }

  private static Spo spo(Form form, SftValue value, Regulariser regulariser) {
    return new Spo(
        form, value, 1.5, new LowerLevel.Unrolled(3, 0.6), new DynamicBarrier(0.5, 2), regulariser);
  }

  private static double dpoLoss(double[] theta) {
    return mean(
        x ->
            Math.log1p(
                Math.exp(
                    -BETA
                        * (logp(theta, x, 0)
                            - logp(REFERENCE, x, 0)
                            - logp(theta, x, 1)
                            + logp(REFERENCE, x, 1)))));
  }

  private static double sftLoss(double[] theta) {
    return mean(x -> -logp(theta, x, 0));
  }

  private static double logp(double[] theta, int x, int y) {
    double sum = 0;
    for (double[] response : FEATURES[x]) {
      sum += Math.exp(product(theta, response));
    }
    return product(theta, FEATURES[x][y]) - Math.log(sum);
  }

  private static double mean(IntToDoubleFunction ofPrompt) {
    return IntStream.range(0, PROMPTS).mapToDouble(ofPrompt).average().orElseThrow();
  }

  private static double[] derivative(ToDoubleFunction<double[]> loss, double[] at) {
    double[] derivative = new double[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      double[] above = at.clone();
      double[] below = at.clone();
      above[i] += 1e-5;
      below[i] -= 1e-5;
      derivative[i] = (loss.applyAsDouble(above) - loss.applyAsDouble(below)) / 2e-5;
    }
    return derivative;
  }

  private static double product(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  /** The dispreferred responses lie beyond the preferred ones. */
  private static double[][][] features() {
    double[][][] features = new double[PROMPTS][RESPONSES][];
    for (int x = 0; x < PROMPTS; x++) {
      for (int y = 0; y < RESPONSES; y++) {
        features[x][y] = vector("features", x, y);
      }
      double[] chosen = features[x][0];
      double[] rejected = features[x][1];
      Arrays.setAll(rejected, i -> 1.8 * chosen[i] + 0.3 * rejected[i]);
    }
    return features;
  }

  private static double[] vector(String purpose, long... coordinates) {
    double[] vector = new double[DIMENSIONS];
    Arrays.setAll(vector, RandomStream.of(5, purpose, coordinates)::gaussian);
    return vector;
  }
}

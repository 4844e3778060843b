package dev.proxima.algorithms.tabular;

import static dev.proxima.algorithms.tabular.Tables.assertSamePolicy;

import dev.proxima.algorithms.objective.Dpo;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.preference.BradleyTerry;
import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Minimising DPO's expected loss is the exact proximal step.
 *
 * <p>Let y and y' be drawn from pi_t(.|x) and y be preferred with probability P = sigmoid(r(y) -
 * r(y')). The expected loss of the pair is the cross-entropy -P log sigmoid(m) - (1 - P) log
 * sigmoid(-m), with m = beta (log pi/pi_t (y) - log pi/pi_t (y')), which is least where sigmoid(m)
 * = P, that is m = r(y) - r(y'). A tabular policy can attain this for all pairs at once, by log
 * pi/pi_t = r / beta + c(x): the policy proportional to pi_t exp(r / beta).
 *
 * <p>In the logits the loss is convex. Its Hessian is the Laplacian of a graph whose edge (y, y')
 * weighs at most pi_t(y) pi_t(y') 2 beta^2 / 4 (the pair comes in both orders), so its largest
 * eigenvalue is at most twice the largest degree, 2 * 1/4 * beta^2 / 2, and gradient descent with
 * steps of 4 / beta^2 converges.
 */
class DpoProximalStepTest {

  private static final double BETA = 0.5;
  private static final int PROMPTS = 2;
  private static final int RESPONSES = 4;
  private static final double[][] REFERENCE_LOGITS =
      Tables.random(PROMPTS, RESPONSES, 0.7, RandomStream.of(11, "reference"));
  private static final double[][] REWARD =
      Tables.random(PROMPTS, RESPONSES, 1, RandomStream.of(11, "reward"));

  @Test
  void gradientDescentFindsTheExactProximalStep() {
    TabularPolicy reference = new TabularPolicy(REFERENCE_LOGITS);
    double[][] logits =
        Arrays.stream(REFERENCE_LOGITS).map(double[]::clone).toArray(double[][]::new);

    for (int step = 0; step < 2000; step++) {
      TabularPolicy policy = new TabularPolicy(logits);
      for (int x = 0; x < PROMPTS; x++) {
        double[] gradient = gradientInLogits(policy, reference, x);
        for (int y = 0; y < RESPONSES; y++) {
          logits[x][y] -= 4 / (BETA * BETA) * gradient[y];
        }
      }
    }

    assertSamePolicy(new TabularPolicy(logits), reference.proximalStep(REWARD, BETA), 1e-9);
  }

  /** The gradient of the loss expected over ordered pairs from the reference and their labels. */
  private static double[] gradientInLogits(TabularPolicy policy, TabularPolicy reference, int x) {
    double[] inLogProbabilities = new double[RESPONSES];
    for (int chosen = 0; chosen < RESPONSES; chosen++) {
      for (int rejected = 0; rejected < RESPONSES; rejected++) {
        // (y, y') with y preferred and (y', y) with y' not preferred: twice the same pair.
        double weight =
            2
                * reference.probability(x, chosen)
                * reference.probability(x, rejected)
                * BradleyTerry.probability(REWARD[x][chosen], REWARD[x][rejected]);
        LossAndGradient pair = new Dpo(BETA).apply(pair(policy, reference, x, chosen, rejected));
        inLogProbabilities[chosen] += weight * pair.gradChosen()[0];
        inLogProbabilities[rejected] += weight * pair.gradRejected()[0];
      }
    }
    // d log pi(y) / d logit_k = [y = k] - pi(k).
    double sum = Arrays.stream(inLogProbabilities).sum();
    double[] inLogits = new double[RESPONSES];
    for (int k = 0; k < RESPONSES; k++) {
      inLogits[k] = inLogProbabilities[k] - policy.probability(x, k) * sum;
    }
    return inLogits;
  }

  private static PairLogps pair(
      TabularPolicy policy, TabularPolicy reference, int x, int chosen, int rejected) {
    return new PairLogps(
        new double[] {policy.logProbability(x, chosen)},
        new double[] {policy.logProbability(x, rejected)},
        new double[] {reference.logProbability(x, chosen)},
        new double[] {reference.logProbability(x, rejected)},
        new int[] {1},
        new int[] {1});
  }
}

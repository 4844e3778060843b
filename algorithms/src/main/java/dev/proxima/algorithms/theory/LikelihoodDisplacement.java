package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.numeric.OrderedSum;
import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.Dpo;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.Regulariser;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.algorithms.spo.Spo.Form;
import dev.proxima.algorithms.tabular.LinearSoftmax;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Likelihood displacement, and what SPO does about it (Jian et al. 2025, arXiv 2507.07723): the
 * preferred and the dispreferred responses share a feature, which the latter have more of. So DPO
 * lowers the weight of that feature, the probability of both falls, and the mass moves to responses
 * outside the pairs. With one of SPO's terms or the barrier it does not: log pi(y_w|x) stays near
 * the reference's or above, and only the mass that y_l loses moves.
 *
 * <p>Unrolled inner steps alone do not help here, since they leave the direction of a pair's
 * gradient as it is; the paper's form has the regulariser with them.
 */
final class LikelihoodDisplacement {

  /** The steps of gradient descent that are measured. */
  static final int[] STEPS = {0, 5, 10, 20, 30, 40, 60, 80, 100, 125, 150, 175, 200};

  /** DPO, by itself and with each form of SPO. */
  static final List<Method> METHODS =
      List.of(
          new Method("dpo", Spo.NONE),
          new Method("dpo + unrolled", unrolled()),
          new Method("dpo + regulariser", Spo.NONE.with(regulariser())),
          new Method("dpo + unrolled + regulariser", unrolled().with(regulariser())),
          new Method("dpo + penalty", Spo.of(Form.PENALTY)),
          new Method("dpo + dynamic-barrier", Spo.of(Form.DYNAMIC_BARRIER)));

  private static final int PROMPTS = 4;
  private static final int RESPONSES = 8;
  private static final int FEATURES = 6;
  private static final double BETA = 0.5;
  private static final double LEARNING_RATE = 0.2;

  /** What is trained. */
  record Method(String name, Spo spo) {}

  /**
   * A policy in training.
   *
   * @param chosen mean over prompts of log pi(y_w|x)
   * @param rejected mean over prompts of log pi(y_l|x)
   * @param outside mean over prompts of the probability of all responses but the pair
   * @param cosine between the gradients of the first two
   */
  record State(double chosen, double rejected, double outside, double cosine) {}

  private LikelihoodDisplacement() {}

  /** The states at {@link #STEPS}, on the random problem of a seed. */
  static List<State> train(long seed, Spo spo) {
    LinearSoftmax model = new LinearSoftmax(features(seed));
    double[] theta = new double[FEATURES];
    theta[0] = 1;
    LinearTraining training =
        new LinearTraining(model, theta, spo.over(new Dpo(BETA)), spo.lowerLevel());
    List<State> states = new ArrayList<>();
    int done = 0;
    for (int step : STEPS) {
      for (; done < step; done++) {
        theta = training.step(theta, LEARNING_RATE);
      }
      states.add(state(training, theta));
    }
    return states;
  }

  /** Feature 0 is what the pairs share: 1 of a preferred and 1.5 of a dispreferred response. */
  private static double[][][] features(long seed) {
    RandomStream random = RandomStream.of(seed, "likelihood displacement");
    double[][][] features = new double[PROMPTS][RESPONSES][FEATURES];
    long draw = 0;
    for (double[][] responses : features) {
      for (int y = 0; y < RESPONSES; y++) {
        boolean paired = y == LinearTraining.CHOSEN || y == LinearTraining.REJECTED;
        for (int i = 0; i < FEATURES; i++) {
          responses[y][i] = (paired ? 0.12 : 0.5) * random.gaussian(draw++);
        }
      }
      responses[LinearTraining.CHOSEN][0] += 1;
      responses[LinearTraining.REJECTED][0] += 1.5;
    }
    return features;
  }

  private static State state(LinearTraining training, double[] theta) {
    PairLogps logps = training.logps(theta);
    TabularPolicy policy = training.model().policy(theta);
    double outside = 1;
    for (int x = 0; x < PROMPTS; x++) {
      outside -= policy.probability(x, LinearTraining.CHOSEN) / PROMPTS;
      outside -= policy.probability(x, LinearTraining.REJECTED) / PROMPTS;
    }
    return new State(
        OrderedSum.mean(logps.policyChosen()),
        OrderedSum.mean(logps.policyRejected()),
        outside,
        training.pairGradients(theta).cosine());
  }

  private static Spo unrolled() {
    return Spo.of(Form.UNROLLED).with(new LowerLevel.Unrolled(1, 0.2));
  }

  private static Regulariser regulariser() {
    return new Regulariser(1, Aggregation.SUM);
  }
}

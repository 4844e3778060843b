package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.Sft;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.algorithms.tabular.LinearSoftmax;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.Arrays;

/**
 * Gradient descent on the batch mean of a preference objective under a lower level of SPO. The
 * batch has a pair of each prompt: response 0 is preferred to response 1.
 *
 * @param reference the parameters of the reference policy, shape [d]
 * @param objective with the terms that SPO adds
 */
record LinearTraining(
    LinearSoftmax model, double[] reference, PreferenceObjective objective, LowerLevel lower) {

  static final int CHOSEN = 0;
  static final int REJECTED = 1;

  private static final PreferenceObjective SFT = new Sft(Sft.Mean.RESPONSE);

  /** The parameters after one step. */
  double[] step(double[] theta, double learningRate) {
    return moved(theta, -learningRate, direction(theta));
  }

  /** What a step subtracts from theta, over the learning rate. */
  double[] direction(double[] theta) {
    if (lower instanceof LowerLevel.Unrolled unrolled) {
      return gradient(objective, unrolled(theta, unrolled));
    }
    double[] preference = gradient(objective, theta);
    return lower instanceof LowerLevel.Constrained constrained
        ? constrained(theta, preference, constrained)
        : preference;
  }

  private double[] unrolled(double[] theta, LowerLevel.Unrolled unrolled) {
    double[] inner = theta;
    for (int k = 0; k < unrolled.steps(); k++) {
      inner = moved(inner, -unrolled.learningRate(), gradient(SFT, inner));
    }
    return inner;
  }

  private double[] constrained(
      double[] theta, double[] preference, LowerLevel.Constrained constrained) {
    PairLogps logps = logps(theta);
    double violation = SftValue.loss(logps) - constrained.value().at(logps);
    double[] sft = gradient(SFT, theta);
    DynamicBarrier barrier = constrained.barrier();
    double lambda = barrier.multiplier(violation, product(preference, sft), product(sft, sft));
    return moved(preference, lambda, sft);
  }

  /** The gradient of the batch mean of a loss in theta. */
  double[] gradient(PreferenceObjective loss, double[] theta) {
    LossAndGradient byLogps = loss.apply(logps(theta));
    return gradient(theta, byLogps.gradChosen(), byLogps.gradRejected());
  }

  /** How the gradients of the mean log-probabilities lie to each other. */
  PairGradients pairGradients(double[] theta) {
    double[] ones = new double[model.prompts()];
    Arrays.fill(ones, 1);
    double[] none = new double[model.prompts()];
    double[] chosen = gradient(theta, ones, none);
    double[] rejected = gradient(theta, none, ones);
    return PairGradients.of(
        product(chosen, chosen), product(rejected, rejected), product(chosen, rejected));
  }

  private double[] gradient(double[] theta, double[] byChosen, double[] byRejected) {
    TabularPolicy policy = model.policy(theta);
    int n = model.prompts();
    double[] gradient = new double[model.parameters()];
    for (int x = 0; x < n; x++) {
      model.addGradient(policy, x, CHOSEN, byChosen[x] / n, gradient);
      model.addGradient(policy, x, REJECTED, byRejected[x] / n, gradient);
    }
    return gradient;
  }

  /** What an objective sees; every response counts as one token. */
  PairLogps logps(double[] theta) {
    TabularPolicy policy = model.policy(theta);
    TabularPolicy start = model.policy(reference);
    int[] tokens = new int[model.prompts()];
    Arrays.fill(tokens, 1);
    return new PairLogps(
        logps(policy, CHOSEN),
        logps(policy, REJECTED),
        logps(start, CHOSEN),
        logps(start, REJECTED),
        tokens,
        tokens);
  }

  private static double[] logps(TabularPolicy policy, int y) {
    double[] logps = new double[policy.prompts()];
    Arrays.setAll(logps, x -> policy.logProbability(x, y));
    return logps;
  }

  private static double[] moved(double[] from, double by, double[] along) {
    double[] to = new double[from.length];
    Arrays.setAll(to, i -> from[i] + by * along[i]);
    return to;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

package dev.proxima.algorithms.spo;

import dev.proxima.algorithms.objective.SftValue;

/**
 * How SPO's lower level, supervised fine-tuning on the preferred responses of the batch, changes
 * the gradient of a preference step. Its loss L_SFT is the mean over the batch of -log pi(y_w|x) /
 * |y_w|.
 */
public sealed interface LowerLevel {

  /** Not at all; what the objective says is all. */
  LowerLevel NONE = new None();

  /** See {@link #NONE}. */
  record None() implements LowerLevel {}

  /**
   * The preference gradient is taken at theta+, which is theta after some steps of gradient descent
   * on L_SFT, and applied to theta. This is the first-order form: the derivative of theta+ by
   * theta, for one step I - eta times the Hessian of L_SFT, is taken for I, which leaves an error
   * of the order of eta. To have it exactly takes a Hessian-vector product for each inner step; for
   * one step, two more gradients of L_SFT would give it by central differences along the preference
   * gradient.
   *
   * <p>By itself it hardly stops likelihood displacement: where log pi is linear in theta up to the
   * normaliser, the gradient of a loss of log pi(y_w) - log pi(y_l) has the same direction at
   * theta+ as at theta. The paper adds the regulariser to it.
   *
   * <p>Source: Jian et al. 2025 (arXiv 2507.07723), first version, with one inner step.
   *
   * @param steps at least 1
   * @param learningRate eta, at least 0
   */
  record Unrolled(int steps, double learningRate) implements LowerLevel {

    public Unrolled {
      if (steps < 1) {
        throw new IllegalArgumentException("inner-steps must be at least 1, not " + steps);
      }
      Require.nonNegative("inner-learning-rate", learningRate);
    }
  }

  /**
   * The least change of the preference gradient that does not raise L_SFT above v.
   *
   * @param value v
   */
  record Constrained(SftValue value, DynamicBarrier barrier) implements LowerLevel {}
}

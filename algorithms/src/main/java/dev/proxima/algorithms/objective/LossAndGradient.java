package dev.proxima.algorithms.objective;

/**
 * The value of an objective on n pairs and its gradient. The loss of a batch is the sum of {@code
 * losses} divided by the batch size; the gradients are of the sum, so that micro-batches add up and
 * the trainer divides once, by the size of the whole batch.
 *
 * @param losses loss of each pair, shape [n]
 * @param gradChosen d (sum of losses) / d log pi(y_w|x), shape [n]
 * @param gradRejected d (sum of losses) / d log pi(y_l|x), shape [n]
 */
public record LossAndGradient(double[] losses, double[] gradChosen, double[] gradRejected) {

  /** Zeros for {@code n} pairs, for an objective to fill. */
  static LossAndGradient zeros(int n) {
    return new LossAndGradient(new double[n], new double[n], new double[n]);
  }
}

package dev.proxima.algorithms.objective;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The value of an objective on n pairs and its gradient. The loss of a batch is the sum of {@code
 * losses} divided by the batch size; the gradients are of the sum, so that micro-batches add up and
 * the trainer divides once, by the size of the whole batch.
 *
 * @param losses loss of each pair, shape [n]
 * @param gradChosen d (sum of losses) / d log pi(y_w|x), shape [n]
 * @param gradRejected d (sum of losses) / d log pi(y_l|x), shape [n]
 * @param tokens what single tokens have beside their sequence's gradient; only where the objective
 *     needs {@link PairDetail#TOKEN_LOGPS}
 */
public record LossAndGradient(
    double[] losses, double[] gradChosen, double[] gradRejected, Optional<TokenGradient> tokens) {

  /** No token has a gradient of its own. */
  public LossAndGradient(double[] losses, double[] gradChosen, double[] gradRejected) {
    this(losses, gradChosen, gradRejected, Optional.empty());
  }

  /** Zeros for {@code n} pairs, for an objective to fill. */
  static LossAndGradient zeros(int n) {
    return new LossAndGradient(new double[n], new double[n], new double[n]);
  }

  /** The part of the pairs at {@code indices}, in that order. */
  public LossAndGradient at(List<Integer> indices) {
    int[] kept = indices.stream().mapToInt(Integer::intValue).toArray();
    return new LossAndGradient(
        pick(losses, kept),
        pick(gradChosen, kept),
        pick(gradRejected, kept),
        tokens.map(all -> all.at(kept)));
  }

  /** Every loss and gradient of pair i times {@code weights[i]}, shape [n]. */
  LossAndGradient times(double[] weights) {
    return new LossAndGradient(
        product(losses, weights),
        product(gradChosen, weights),
        product(gradRejected, weights),
        tokens.map(each -> each.times(weights)));
  }

  LossAndGradient plus(LossAndGradient other) {
    return new LossAndGradient(
        sum(losses, other.losses),
        sum(gradChosen, other.gradChosen),
        sum(gradRejected, other.gradRejected),
        tokens.isPresent() && other.tokens.isPresent()
            ? Optional.of(tokens.get().plus(other.tokens.get()))
            : tokens.or(other::tokens));
  }

  private static double[] pick(double[] values, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
  }

  static double[] product(double[] a, double[] b) {
    double[] product = new double[a.length];
    Arrays.setAll(product, i -> a[i] * b[i]);
    return product;
  }

  static double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.OrderedSum;

/**
 * v, the value that SPO's lower level lets its loss have. The loss is L_SFT, the mean over the
 * batch of -log pi(y_w|x) / |y_w|, in nats per token.
 *
 * <p>Source: Jian et al. 2025 (arXiv 2507.07723), where v approximates the least value of L_SFT.
 * The reference has been fine-tuned, so its own L_SFT on the batch is such an approximation.
 *
 * @param ofReference whether v is L_SFT of the reference on the same batch
 * @param number v where it is not
 */
public record SftValue(boolean ofReference, double number) {

  /** L_SFT of the reference on the same batch. */
  public static final SftValue REFERENCE = new SftValue(true, 0);

  private static final String REFERENCE_NAME = "reference";

  public SftValue {
    Require.finite("value", number);
  }

  /** The same for every batch. */
  public static SftValue of(double number) {
    return new SftValue(false, number);
  }

  /**
   * Reads {@code reference} or a number.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static SftValue parse(String text) {
    if (text.equals(REFERENCE_NAME)) {
      return REFERENCE;
    }
    try {
      return of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "value must be a number or reference, not '" + text + "'", e);
    }
  }

  /** L_SFT of the policy. */
  public static double loss(PairLogps logps) {
    return loss(logps.policyChosen(), logps.chosenTokens());
  }

  /** v of a whole batch. */
  public double at(PairLogps logps) {
    return ofReference ? loss(logps.referenceChosen(), logps.chosenTokens()) : number;
  }

  private static double loss(double[] chosen, int[] tokens) {
    double[] losses = new double[chosen.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = -chosen[i] / tokens[i];
    }
    return OrderedSum.mean(losses);
  }
}

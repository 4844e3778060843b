package dev.proxima.algorithms.preference;

import dev.proxima.algorithms.numeric.Logistic;

/**
 * The loss of a reward model on pairs, negative log-likelihood under {@link BradleyTerry} with a
 * margin, and what holds the rewards near 0, which their differences leave free: with r_w and r_l
 * the rewards of the preferred and the dispreferred response and m the margin,
 *
 * <p>-log sigmoid(r_w - r_l - m) + centring (r_w + r_l)^2.
 *
 * <p>Sources: Ouyang et al. 2022, "InstructGPT" (arXiv 2203.02155), equation 1, for one pair a
 * prompt; the margin of Touvron et al. 2023, "Llama 2" (arXiv 2307.09288), equation 2; the centring
 * of Eisenstein et al. 2023 (arXiv 2312.09244), equation 2. So does TRL's {@code RewardTrainer}.
 *
 * @param centring weight of the squared sum, at least 0; 0 is off, TRL's documentation recommends
 *     0.01
 */
public record BradleyTerryLoss(double centring) {

  /** Differences alone. */
  public static final BradleyTerryLoss PLAIN = new BradleyTerryLoss(0);

  public BradleyTerryLoss {
    if (!(centring >= 0 && centring < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("centring must be at least 0 and finite, not " + centring);
    }
  }

  /**
   * The value on n pairs and its gradient. The loss of a batch is the sum of {@code losses} divided
   * by the batch size; the gradients are of the sum.
   *
   * @param losses loss of each pair, shape [n]
   * @param gradChosen d (sum of losses) / d r_w, shape [n]
   * @param gradRejected d (sum of losses) / d r_l, shape [n]
   */
  public record Value(double[] losses, double[] gradChosen, double[] gradRejected) {}

  /**
   * @param chosen r_w of each pair, shape [n]
   * @param rejected r_l, likewise
   * @param margins m, likewise; 0 for none
   */
  public Value apply(double[] chosen, double[] rejected, double[] margins) {
    int n = chosen.length;
    Value value = new Value(new double[n], new double[n], new double[n]);
    for (int i = 0; i < n; i++) {
      double difference = chosen[i] - rejected[i] - margins[i];
      double sum = chosen[i] + rejected[i];
      double pull = Logistic.sigmoid(-difference);
      value.losses[i] = Logistic.softplus(-difference) + centring * sum * sum;
      value.gradChosen[i] = -pull + 2 * centring * sum;
      value.gradRejected[i] = pull + 2 * centring * sum;
    }
    return value;
  }
}

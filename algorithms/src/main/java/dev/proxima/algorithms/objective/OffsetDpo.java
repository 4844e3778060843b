package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Map;
import java.util.Set;

/**
 * DPO with an offset: -log sigmoid(r_w - r_l - Delta), with r = beta * log (pi / pi_t) and Delta =
 * alpha log(s_w - s_l), or alpha (s_w - s_l), for the rewards s by which the pair was judged. A
 * pair that was judged clearly must be told apart clearly. With the logarithm, a pair whose gap is
 * not above 0 has the limit, no loss.
 *
 * <p>Source: Amini, Vieira and Cotterell 2024 (arXiv 2402.10571).
 *
 * @param beta strength of the KL regularisation towards the reference, above 0
 * @param alpha scale of the offset, at least 0
 * @param offset how the gap enters
 */
public record OffsetDpo(double beta, double alpha, Offset offset) implements PreferenceObjective {

  /** A function of the gap of the rewards. */
  public enum Offset {
    LOG,
    IDENTITY
  }

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "odpo",
          Map.of("beta", "0.1", "alpha", "1", "offset", "log"),
          options ->
              new OffsetDpo(
                  options.number("beta"),
                  options.number("alpha"),
                  options.choice("offset", Offset.class)));

  public OffsetDpo {
    Require.positive("beta", beta);
    Require.nonNegative("alpha", alpha);
  }

  @Override
  public Set<PairDetail> needs() {
    return Set.of(PairDetail.REWARDS);
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return PerPair.losses(logps, i -> loss(logps.pair(i), logps.rewards(i)));
  }

  private Dual loss(Pair pair, PairRewards rewards) {
    double gap = rewards.chosenReward() - rewards.rejectedReward();
    if (offset == Offset.LOG && gap <= 0) {
      return Dual.ZERO;
    }
    double delta = alpha * (offset == Offset.LOG ? StrictMath.log(gap) : gap);
    return Logit.loss(pair.logRatioMargin().times(beta).minus(delta));
  }
}

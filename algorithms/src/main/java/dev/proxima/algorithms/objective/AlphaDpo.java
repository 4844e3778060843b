package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import dev.proxima.algorithms.numeric.OrderedSum;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Alpha-DPO, SimPO with a margin of each pair's own: -log sigmoid(beta (l_w - l_l) - beta (gamma +
 * alpha z)), with the mean log-probability per token l = log pi(y|x) / |y|, and z the batch's
 * standardised difference l_w - l_l less that of the reference. z carries no gradient.
 *
 * <p>Source: Wu et al. 2024 (arXiv 2410.10148), section 3. Its code standardises by running means
 * of mean and deviation over earlier batches; here by those of the batch alone, so that a step
 * depends on nothing before it. The deviation is the sample's (n - 1); where it is below 1e-4 nats
 * per token, as in a first step from the reference, it is rounding error, and z is 0.
 *
 * @param beta scale of the rewards, above 0
 * @param gamma the common margin per token, before beta, at least 0
 * @param alpha weight of z, at least 0
 */
public record AlphaDpo(double beta, double gamma, double alpha) implements PreferenceObjective {

  private static final double LEAST_DEVIATION = 1e-4;

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "alpha-dpo",
          Map.of("beta", "2.5", "gamma", "0.3", "alpha", "0.05"),
          options ->
              new AlphaDpo(
                  options.number("beta"), options.number("gamma"), options.number("alpha")));

  public AlphaDpo {
    Require.positive("beta", beta);
    Require.nonNegative("gamma", gamma);
    Require.nonNegative("alpha", alpha);
  }

  @Override
  public boolean couplesBatch() {
    return true;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return holding(standardisedGaps(logps)).apply(logps);
  }

  /** This objective with z of each pair given, shape [n]. */
  PreferenceObjective holding(double[] z) {
    return logps -> PerPair.losses(logps, i -> loss(logps.pair(i), z[i]));
  }

  private Dual loss(Pair pair, double z) {
    Dual margin = pair.meanChosen().minus(pair.meanRejected());
    return Logit.loss(margin.minus(gamma + alpha * z).times(beta));
  }

  /** z of each pair, shape [n]. */
  static double[] standardisedGaps(PairLogps logps) {
    int n = logps.size();
    double[] gaps =
        IntStream.range(0, n)
            .mapToDouble(
                i ->
                    logps.chosenLogRatio(i) / logps.chosenTokens()[i]
                        - logps.rejectedLogRatio(i) / logps.rejectedTokens()[i])
            .toArray();
    double mean = OrderedSum.mean(gaps);
    double squares =
        OrderedSum.of(Arrays.stream(gaps).map(gap -> (gap - mean) * (gap - mean)).toArray());
    double deviation = Math.sqrt(squares / Math.max(1, n - 1));
    return Arrays.stream(gaps)
        .map(gap -> deviation > LEAST_DEVIATION ? (gap - mean) / deviation : 0)
        .toArray();
  }
}

package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import dev.proxima.algorithms.numeric.OrderedSum;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Kahneman-Tversky optimisation: lambda_D (1 - sigmoid(beta (u - z))) for a desirable response and
 * lambda_U (1 - sigmoid(beta (z - u))) for an undesirable one, with u = log (pi / pi_t) and the
 * reference point z, an estimate of KL(pi || pi_t) of at least 0 that carries no gradient. The
 * losses are unpaired: y_w is desirable, y_l undesirable, and a pair's loss is the mean of its two,
 * so that the batch's is the mean over all 2n responses.
 *
 * <p>Source: Ethayarajh et al. 2024 (arXiv 2402.01306), section 4, who estimate z from responses to
 * other prompts, as does TRL. A pair has none, so z is estimated from the batch's own responses;
 * see {@link ReferencePoint}.
 *
 * @param beta how soon the value saturates, above 0
 * @param desirableWeight lambda_D, above 0
 * @param undesirableWeight lambda_U, above 0
 * @param referencePoint where z comes from
 */
public record Kto(
    double beta, double desirableWeight, double undesirableWeight, ReferencePoint referencePoint)
    implements PreferenceObjective {

  /** How z is estimated. Every mean below 0 counts as 0. */
  public enum ReferencePoint {
    /** One z, the mean log-ratio of all responses of the batch. */
    POOLED,
    /**
     * For y_w the mean log-ratio of the rejected responses and the other way about, as in the
     * paper's first version and older TRL's {@code kto_pair}.
     */
    CROSSED,
    /** 0. */
    ZERO
  }

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "kto",
          Map.of(
              "beta", "0.1",
              "desirable-weight", "1",
              "undesirable-weight", "1",
              "reference-point", "pooled"),
          options ->
              new Kto(
                  options.number("beta"),
                  options.number("desirable-weight"),
                  options.number("undesirable-weight"),
                  options.choice("reference-point", ReferencePoint.class)));

  public Kto {
    Require.positive("beta", beta);
    Require.positive("desirable-weight", desirableWeight);
    Require.positive("undesirable-weight", undesirableWeight);
  }

  @Override
  public boolean couplesBatch() {
    return referencePoint != ReferencePoint.ZERO;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return atReferencePoints(logps).apply(logps);
  }

  /** This objective with its reference points held at those of {@code logps}. */
  PreferenceObjective atReferencePoints(PairLogps logps) {
    double chosen = mean(logps.size(), logps::chosenLogRatio);
    double rejected = mean(logps.size(), logps::rejectedLogRatio);
    double pooled = (chosen + rejected) / 2;
    return switch (referencePoint) {
      case POOLED -> holding(pooled, pooled);
      case CROSSED -> holding(rejected, chosen);
      case ZERO -> holding(0, 0);
    };
  }

  /**
   * This objective with the reference points given.
   *
   * @param forChosen z of the chosen responses; below 0 it counts as 0
   * @param forRejected z of the rejected responses; likewise
   */
  PreferenceObjective holding(double forChosen, double forRejected) {
    return logps ->
        PerPair.losses(
            logps, i -> loss(logps.pair(i), Math.max(0, forChosen), Math.max(0, forRejected)));
  }

  private static double mean(int n, IntToDoubleFunction value) {
    return OrderedSum.mean(IntStream.range(0, n).mapToDouble(value).toArray());
  }

  private Dual loss(Pair pair, double forChosen, double forRejected) {
    Dual desirable = pair.chosenLogRatio().minus(forChosen).times(-beta).sigmoid();
    Dual undesirable = pair.rejectedLogRatio().minus(forRejected).times(beta).sigmoid();
    return desirable.times(desirableWeight).plus(undesirable.times(undesirableWeight)).dividedBy(2);
  }
}

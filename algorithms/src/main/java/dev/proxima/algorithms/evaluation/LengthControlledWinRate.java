package dev.proxima.algorithms.evaluation;

import static dev.proxima.algorithms.numeric.Logistic.sigmoid;

import java.util.List;

/**
 * What a model's win rate would be if its responses were as long as the baseline's.
 *
 * <p>Source: Dubois et al. 2024 (arXiv 2404.04475), section 3: the logit of a preference is phi
 * tanh(delta / std(delta)) + psi gamma + theta, with delta the difference of the lengths, gamma the
 * instruction's difficulty and theta the model's own term; the length-controlled win rate is the
 * mean of sigmoid(psi gamma + theta). AlpacaEval fits it under an L1 penalty that five-fold
 * cross-validation chooses, and so does this. AlpacaEval adds, at weight 0.2, judgements of
 * shortened and lengthened answers of the baseline itself, which only its own data has and which
 * hold phi back. Without them, and without its difficulties, the rate of a model whose responses
 * are nearly all shorter than the baseline's is an extrapolation and can lie far above the one that
 * AlpacaEval publishes: compare it only with rates that were fitted alike.
 *
 * @param winRate in [0, 1]
 * @param lengthWeight phi
 * @param difficultyWeight psi, 0 where the instructions' difficulty is not known
 * @param modelWeight theta
 */
public record LengthControlledWinRate(
    double winRate, double lengthWeight, double difficultyWeight, double modelWeight) {

  /** As many as the cross-validation has folds. */
  public static final int LEAST_JUDGEMENTS = 5;

  /**
   * Fits the model to one policy's judgements.
   *
   * @param judgements at least 5, all with a length difference; the difficulty is used where all
   *     have it
   */
  public static LengthControlledWinRate of(List<Judgement> judgements) {
    if (judgements.size() < LEAST_JUDGEMENTS) {
      throw new IllegalArgumentException(
          "a length-controlled win rate needs at least %d judgements, not %d"
              .formatted(LEAST_JUDGEMENTS, judgements.size()));
    }
    boolean difficulty = judgements.stream().noneMatch(j -> Double.isNaN(j.difficulty()));
    double deviation = deviation(judgements);
    double[][] features =
        judgements.stream()
            .map(j -> features(j, lengthFeature(j, deviation), difficulty))
            .toArray(double[][]::new);
    double[] targets = judgements.stream().mapToDouble(Judgement::preference).toArray();
    double[] weights = SparseLogistic.fitCrossValidated(features, targets, LEAST_JUDGEMENTS);
    double winRate =
        judgements.stream()
            .mapToDouble(j -> sigmoid(SparseLogistic.dot(weights, features(j, 0, difficulty))))
            .average()
            .orElseThrow();
    return new LengthControlledWinRate(
        winRate, weights[1], difficulty ? weights[2] : 0, weights[0]);
  }

  private static double[] features(Judgement judgement, double length, boolean difficulty) {
    return difficulty ? new double[] {1, length, judgement.difficulty()} : new double[] {1, length};
  }

  private static double lengthFeature(Judgement judgement, double deviation) {
    if (Double.isNaN(judgement.lengthDifference())) {
      throw new IllegalArgumentException(
          "instruction " + judgement.instruction() + " has no lengths");
    }
    return deviation == 0 ? 0 : StrictMath.tanh(judgement.lengthDifference() / deviation);
  }

  /** The sample standard deviation of the length differences. */
  private static double deviation(List<Judgement> judgements) {
    Estimate mean =
        Estimate.of(judgements.stream().mapToDouble(Judgement::lengthDifference).toArray());
    return mean.standardError() * Math.sqrt(mean.count());
  }
}

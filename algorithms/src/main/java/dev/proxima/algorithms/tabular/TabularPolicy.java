package dev.proxima.algorithms.tabular;

/**
 * A policy over X prompts and Y responses with full support, held as log-probabilities of shape
 * [X][Y]. Immutable.
 */
public final class TabularPolicy {

  private final double[][] logProbabilities;

  /**
   * The softmax of {@code logits} over the responses of each prompt.
   *
   * @param logits shape [X][Y] with X and Y at least 1, all finite
   */
  public TabularPolicy(double[][] logits) {
    if (logits.length == 0 || logits[0].length == 0) {
      throw new IllegalArgumentException("a policy needs at least one prompt and one response");
    }
    logProbabilities = new double[logits.length][];
    for (int x = 0; x < logits.length; x++) {
      if (logits[x].length != logits[0].length) {
        throw new IllegalArgumentException(
            "prompt " + x + " has " + logits[x].length + " responses, not " + logits[0].length);
      }
      logProbabilities[x] = logSoftmax(logits[x]);
    }
  }

  /** The number of prompts, X. */
  public int prompts() {
    return logProbabilities.length;
  }

  /** The number of responses to each prompt, Y. */
  public int responses() {
    return logProbabilities[0].length;
  }

  /** log pi(y|x), in nats. */
  public double logProbability(int x, int y) {
    return logProbabilities[x][y];
  }

  /** pi(y|x). */
  public double probability(int x, int y) {
    return StrictMath.exp(logProbabilities[x][y]);
  }

  /**
   * The exact proximal step: pihat_{t+1}(y|x) proportional to pi_t(y|x) exp(r(x, y)/beta), the
   * maximiser of E[r] - beta KL(pi || pi_t), where this is pi_t.
   *
   * @param reward r, shape [X][Y]; a constant per prompt does not matter
   * @param beta KL strength, above 0
   */
  public TabularPolicy proximalStep(double[][] reward, double beta) {
    return tilt(reward, 1 / beta);
  }

  /**
   * Extrapolation in policy space: proportional to next(y|x) (next(y|x) / anchor(y|x))^alpha (arXiv
   * 2410.06293, Algorithm 1).
   */
  public static TabularPolicy extrapolate(TabularPolicy next, TabularPolicy anchor, double alpha) {
    double[][] logRatio = new double[next.prompts()][next.responses()];
    for (int x = 0; x < next.prompts(); x++) {
      for (int y = 0; y < next.responses(); y++) {
        logRatio[x][y] = next.logProbability(x, y) - anchor.logProbability(x, y);
      }
    }
    return next.tilt(logRatio, alpha);
  }

  /** The policy proportional to pi(y|x) exp(scale * exponents[x][y]). */
  TabularPolicy tilt(double[][] exponents, double scale) {
    double[][] logits = new double[prompts()][responses()];
    for (int x = 0; x < prompts(); x++) {
      for (int y = 0; y < responses(); y++) {
        logits[x][y] = logProbabilities[x][y] + scale * exponents[x][y];
      }
    }
    return new TabularPolicy(logits);
  }

  private static double[] logSoftmax(double[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      if (!Double.isFinite(logit)) {
        throw new IllegalArgumentException("logits must be finite, not " + logit);
      }
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += StrictMath.exp(logit - max);
    }
    double logNormaliser = max + StrictMath.log(sum);
    double[] normalised = new double[logits.length];
    for (int y = 0; y < logits.length; y++) {
      normalised[y] = logits[y] - logNormaliser;
    }
    return normalised;
  }
}

package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.stream.IntStream;

/**
 * Theorem B.2 (arXiv 2410.06293), its optimisation term: with general, also intransitive,
 * preferences and the SPPO loss the duality gap falls as (1 - alpha) beta / T.
 *
 * <p>The preferences are those of rock, paper and scissors with unequal stakes: each beats one and
 * loses to one, and the von Neumann winner mixes all three. The exact SPPO step tilts by P(y beats
 * pi_t) / beta. The policies circle around the winner; it is the average of those that sampled
 * whose gap vanishes, so that is measured, at equal times T / ((1 - alpha) beta) for every alpha:
 * the constant is the largest T times gap in the second half of that time, over which the policies
 * circle several times.
 */
final class TheoremB2 implements Experiment {

  private static final double BETA = 2000;
  private static final double TIME = 100;
  private static final int POINTS = 200;
  private static final int RESPONSES = 3;

  @Override
  public double[] iterations(double alpha) {
    int every = every(alpha);
    return IntStream.rangeClosed(1, POINTS).mapToDouble(i -> (double) i * every).toArray();
  }

  /** The duality gap of the average of pi_0 to pi_{T-1}. */
  @Override
  public double[] series(long seed, double alpha) {
    double[][] preferences = preferences(seed);
    TabularPolicy reference =
        new TabularPolicy(Draws.gaussian(seed, "theorem B.2 reference", 1, RESPONSES));
    TabularPolicy proximal = reference;
    TabularPolicy sampling = reference;
    double[] sum = new double[RESPONSES];
    double[] gaps = new double[POINTS];
    int every = every(alpha);
    // Not ProximalPoint, which keeps all policies: there are up to 200,000.
    for (int t = 1; t <= every * POINTS; t++) {
      for (int y = 0; y < RESPONSES; y++) {
        sum[y] += sampling.probability(0, y);
      }
      TabularPolicy next =
          sampling.proximalStep(new double[][] {winRates(preferences, sampling)}, BETA);
      sampling = TabularPolicy.extrapolate(next, proximal, alpha);
      proximal = next;
      if (t % every == 0) {
        gaps[t / every - 1] = dualityGap(preferences, sum, t);
      }
    }
    return gaps;
  }

  /** The constant K of a gap that falls as K / T. */
  @Override
  public double rate(double[] gaps, double alpha) {
    double constant = 0;
    for (int i = POINTS / 2; i < POINTS; i++) {
      constant = Math.max(constant, gaps[i] * (i + 1) * every(alpha));
    }
    return constant;
  }

  /** The constant relative to that of alpha = 0. */
  @Override
  public double predicted(double alpha) {
    return 1 - alpha;
  }

  /** Iterations between two points. */
  private static int every(double alpha) {
    return (int) Math.max(1, Math.round(TIME * (1 - alpha) * BETA / POINTS));
  }

  /** P(y beats y'), shape [3][3]: 1/2 and a stake between 0.1 and 0.4. */
  private static double[][] preferences(long seed) {
    RandomStream random = RandomStream.of(seed, "theorem B.2");
    double[][] preferences = new double[RESPONSES][RESPONSES];
    for (int y = 0; y < RESPONSES; y++) {
      int loser = (y + 1) % RESPONSES;
      double stake = 0.1 + 0.3 * random.uniform(y);
      preferences[y][y] = 0.5;
      preferences[y][loser] = 0.5 + stake;
      preferences[loser][y] = 0.5 - stake;
    }
    return preferences;
  }

  /** P(y beats pi) for each y. */
  private static double[] winRates(double[][] preferences, TabularPolicy policy) {
    double[] rates = new double[RESPONSES];
    for (int y = 0; y < RESPONSES; y++) {
      for (int other = 0; other < RESPONSES; other++) {
        rates[y] += preferences[y][other] * policy.probability(0, other);
      }
    }
    return rates;
  }

  /** How much better than a coin somebody can do against the average policy. */
  private static double dualityGap(double[][] preferences, double[] sum, int count) {
    double best = 0;
    for (double[] row : preferences) {
      double rate = 0;
      for (int other = 0; other < RESPONSES; other++) {
        rate += row[other] * sum[other] / count;
      }
      best = Math.max(best, rate);
    }
    return best - 0.5;
  }
}

package dev.proxima.algorithms.evaluation;

import java.util.Arrays;

/**
 * Ratings of several players from all their games: the maximum-likelihood strengths of the
 * Bradley-Terry model, by the minorise-maximise steps of Hunter 2004 (Annals of Statistics 32,
 * equation 3), on the scale of Elo. Unlike Elo's updates they do not depend on the games' order.
 */
public final class BradleyTerryRatings {

  /** The rating difference at which the better player wins ten games of eleven. */
  private static final double SCALE = 400;

  private static final int MOST_STEPS = 1_000_000;
  private static final double TOLERANCE = 1e-12;

  private BradleyTerryRatings() {}

  /**
   * The players' ratings.
   *
   * @param wins how many games i won against j, shape [n, n], n at least 1; a fraction shares a
   *     game
   * @param anchor the player whose rating is {@code anchorRating}
   * @return shape [n]
   * @throws IllegalArgumentException where no finite maximum exists, as for a player who won or
   *     lost all games
   */
  public static double[] of(double[][] wins, int anchor, double anchorRating) {
    int n = wins.length;
    requireConnected(wins);
    if (n == 1) {
      return new double[] {anchorRating};
    }
    double[] strengths = new double[n];
    Arrays.fill(strengths, 1);
    for (int step = 0; step < MOST_STEPS; step++) {
      double moved = 0;
      for (int i = 0; i < n; i++) {
        double won = 0;
        double expected = 0;
        for (int j = 0; j < n; j++) {
          if (j != i) {
            won += wins[i][j];
            expected += (wins[i][j] + wins[j][i]) / (strengths[i] + strengths[j]);
          }
        }
        double next = won / expected;
        moved = Math.max(moved, Math.abs(next / strengths[i] - 1));
        strengths[i] = next;
      }
      if (moved < TOLERANCE) {
        return ratings(strengths, anchor, anchorRating);
      }
    }
    throw new ArithmeticException("the ratings did not converge");
  }

  private static double[] ratings(double[] strengths, int anchor, double anchorRating) {
    return Arrays.stream(strengths)
        .map(s -> anchorRating + SCALE * StrictMath.log10(s / strengths[anchor]))
        .toArray();
  }

  /** Everybody must have beaten everybody over a chain of others (Ford 1957). */
  private static void requireConnected(double[][] wins) {
    int n = wins.length;
    boolean[][] beats = new boolean[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        beats[i][j] = i == j || wins[i][j] > 0;
      }
    }
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          beats[i][j] |= beats[i][k] && beats[k][j];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (!beats[i][j]) {
          throw new IllegalArgumentException(
              "there are no finite ratings: nobody links player %d by wins to player %d"
                  .formatted(i, j));
        }
      }
    }
  }
}

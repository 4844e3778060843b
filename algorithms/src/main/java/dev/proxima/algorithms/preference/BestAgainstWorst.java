package dev.proxima.algorithms.preference;

import java.util.Optional;

/**
 * Pairs the response of highest utility with that of lowest utility (He, Yuan and Gu 2024, arXiv
 * 2410.06293, section 5).
 */
public final class BestAgainstWorst {

  private BestAgainstWorst() {}

  /**
   * The pair of one prompt; of equal responses the one of lowest index.
   *
   * @param utilities of the prompt's responses, shape [n], not NaN
   * @return empty if all are equal or fewer than two
   */
  public static Optional<Pairing> pair(double[] utilities) {
    int best = 0;
    int worst = 0;
    for (int i = 0; i < utilities.length; i++) {
      if (Double.isNaN(utilities[i])) {
        throw new IllegalArgumentException("the utility of response " + i + " is not a number");
      }
      if (utilities[i] > utilities[best]) {
        best = i;
      }
      if (utilities[i] < utilities[worst]) {
        worst = i;
      }
    }
    return best == worst ? Optional.empty() : Optional.of(new Pairing(best, worst));
  }
}

package dev.proxima.algorithms.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;

/** Random tables, and their comparison. */
final class Tables {

  private Tables() {}

  /** Shape [rows][columns], uniform in [-bound, bound). */
  static double[][] random(int rows, int columns, double bound, RandomStream random) {
    double[][] table = new double[rows][columns];
    for (int x = 0; x < rows; x++) {
      for (int y = 0; y < columns; y++) {
        table[x][y] = bound * (2 * random.uniform((long) x * columns + y) - 1);
      }
    }
    return table;
  }

  /** Compares log-probabilities, which is stricter than to compare probabilities. */
  static void assertSamePolicy(TabularPolicy actual, TabularPolicy expected, double tolerance) {
    for (int x = 0; x < expected.prompts(); x++) {
      for (int y = 0; y < expected.responses(); y++) {
        assertThat(actual.logProbability(x, y))
            .isCloseTo(expected.logProbability(x, y), within(tolerance));
      }
    }
  }
}

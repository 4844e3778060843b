package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.random.RandomStream;

/** Random tables, addressed by seed and purpose. */
final class Draws {

  private Draws() {}

  /** Standard normal values, shape [rows][columns]. */
  static double[][] gaussian(
      long seed, String purpose, int rows, int columns, long... coordinates) {
    RandomStream random = RandomStream.of(seed, purpose, coordinates);
    double[][] table = new double[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        table[row][column] = random.gaussian((long) row * columns + column);
      }
    }
    return table;
  }
}

package dev.proxima.algorithms.objective;

/** Checks of an objective's options. */
final class Require {

  private Require() {}

  static void positive(String option, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(option + " must be above 0 and finite, not " + value);
    }
  }

  static void finite(String option, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(option + " must be finite, not " + value);
    }
  }
}

package dev.proxima.algorithms.objective;

/** Checks of an objective's options. */
final class Require {

  private Require() {}

  static void positive(String option, double value) {
    check(value > 0 && value < Double.POSITIVE_INFINITY, option, "above 0 and finite", value);
  }

  static void nonNegative(String option, double value) {
    check(value >= 0 && value < Double.POSITIVE_INFINITY, option, "at least 0 and finite", value);
  }

  static void finite(String option, double value) {
    check(Double.isFinite(value), option, "finite", value);
  }

  static void inUnitInterval(String option, double value) {
    check(value >= 0 && value <= 1, option, "in [0, 1]", value);
  }

  static void belowHalf(String option, double value) {
    check(value >= 0 && value < 0.5, option, "in [0, 0.5)", value);
  }

  private static void check(boolean holds, String option, String accepted, double value) {
    if (!holds) {
      throw new IllegalArgumentException(option + " must be " + accepted + ", not " + value);
    }
  }
}

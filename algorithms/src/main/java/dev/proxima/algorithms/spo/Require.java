package dev.proxima.algorithms.spo;

/** Checks of SPO's settings, by the names that a configuration gives them. */
final class Require {

  private Require() {}

  static void positive(String key, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(key + " must be above 0 and finite, not " + value);
    }
  }

  static void nonNegative(String key, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(key + " must be at least 0 and finite, not " + value);
    }
  }
}

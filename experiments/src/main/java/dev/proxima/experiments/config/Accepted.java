package dev.proxima.experiments.config;

import java.util.function.DoublePredicate;

/** The numbers that a key accepts. */
enum Accepted {
  POSITIVE("a number above 0", x -> x > 0),
  NON_NEGATIVE("a number of at least 0", x -> x >= 0),
  ZERO_TO_BELOW_ONE("a number in [0, 1)", x -> x >= 0 && x < 1),
  ZERO_TO_ONE("a number in [0, 1]", x -> x >= 0 && x <= 1),
  ABOVE_ZERO_TO_ONE("a number in (0, 1]", x -> x > 0 && x <= 1),
  BETWEEN_ZERO_AND_ONE("a number in (0, 1)", x -> x > 0 && x < 1);

  private final String description;
  private final DoublePredicate holds;

  Accepted(String description, DoublePredicate holds) {
    this.description = description;
    this.holds = holds;
  }

  boolean accepts(double value) {
    return Double.isFinite(value) && holds.test(value);
  }

  @Override
  public String toString() {
    return description;
  }
}

package dev.proxima.algorithms.outer;

/** When the outer loop forgets its momentum and starts anew from the last proximal solution. */
public enum Restart {
  /** Never. */
  NONE,
  /**
   * When a held-out measure of the proximal solution fell below that of the one before: the
   * function scheme of O'Donoghue and Candes 2015, "Adaptive restart for accelerated gradient
   * schemes", section 3.2. That iteration is not extrapolated, and alpha_1 follows it.
   */
  HELD_OUT
}

package dev.proxima.algorithms.objective;

/** How the log-probabilities of a response's tokens become one number. */
public enum Aggregation {
  /** Their sum, the log-probability of the response. */
  SUM,
  /** Their mean, which does not grow with the length. */
  MEAN
}

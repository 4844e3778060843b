package dev.proxima.algorithms.objective;

/** In which unit a squared loss is stated. */
public enum Scale {
  /** Of the implicit reward beta * log-ratio, as in He, Yuan and Gu 2024. */
  REWARD,
  /** Of the log-ratio itself, as in TRL. */
  LOG_RATIO
}

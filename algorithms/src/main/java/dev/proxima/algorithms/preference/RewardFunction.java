package dev.proxima.algorithms.preference;

/** A scalar reward r*(x, y) of a response to a prompt; a pure function of the two texts. */
@FunctionalInterface
public interface RewardFunction {
  double reward(String prompt, String response);
}

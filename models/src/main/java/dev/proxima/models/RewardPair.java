package dev.proxima.models;

/**
 * A preference pair ready for the training of a reward model; see {@link RewardEncoder}.
 *
 * @param chosen tokens of the prompt with the preferred response, at least 1
 * @param rejected likewise, with the dispreferred response
 * @param margin by how much the reward of the first should exceed the second's; 0 for none
 */
public record RewardPair(int[] chosen, int[] rejected, double margin) {

  public RewardPair {
    if (!Double.isFinite(margin)) {
      throw new IllegalArgumentException("the margin of a pair must be finite, not " + margin);
    }
  }
}

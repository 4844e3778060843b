package dev.proxima.models;

/**
 * How responses are sampled.
 *
 * @param responses responses per prompt, at least 1
 * @param temperature logits are divided by it; above 0
 * @param topP nucleus: the smallest set of most probable tokens whose mass reaches it, in (0, 1]
 * @param maxNewTokens longest response in tokens, the end token included; at least 1
 */
public record SamplingOptions(int responses, double temperature, double topP, int maxNewTokens) {

  public SamplingOptions {
    if (responses < 1) {
      throw new IllegalArgumentException("responses must be at least 1, not " + responses);
    }
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, not " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p must be in (0, 1], not " + topP);
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max-new-tokens must be at least 1, not " + maxNewTokens);
    }
  }
}

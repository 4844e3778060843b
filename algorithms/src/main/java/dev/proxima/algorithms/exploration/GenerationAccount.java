package dev.proxima.algorithms.exploration;

/**
 * What an iteration generated and what it reused instead.
 *
 * @param generatedResponses sampled in this iteration
 * @param generatedTokens their tokens
 * @param reusedResponses kept from earlier iterations
 * @param reusedTokens their tokens: what was saved
 */
public record GenerationAccount(
    long generatedResponses, long generatedTokens, long reusedResponses, long reusedTokens) {

  public static final GenerationAccount NOTHING = new GenerationAccount(0, 0, 0, 0);

  public GenerationAccount {
    if (generatedResponses < 0 || generatedTokens < 0 || reusedResponses < 0 || reusedTokens < 0) {
      throw new IllegalArgumentException("counts must not be negative");
    }
  }

  /** With one more response. */
  public GenerationAccount plus(boolean generated, int tokens) {
    return generated
        ? new GenerationAccount(
            generatedResponses + 1, generatedTokens + tokens, reusedResponses, reusedTokens)
        : new GenerationAccount(
            generatedResponses, generatedTokens, reusedResponses + 1, reusedTokens + tokens);
  }

  /** The share of tokens that were not generated, in [0, 1]; 0 where there are none. */
  public double saved() {
    long all = generatedTokens + reusedTokens;
    return all == 0 ? 0 : (double) reusedTokens / all;
  }
}

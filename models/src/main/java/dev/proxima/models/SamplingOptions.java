package dev.proxima.models;

/**
 * How responses are sampled. What is cut off is cut in the order of the fields, each from what the
 * one before left, as Hugging Face does.
 *
 * @param responses responses per prompt, at least 1
 * @param repetitionPenalty positive logits of tokens seen before are divided by it, negative ones
 *     multiplied (Keskar et al. 2019); above 0, 1 for none
 * @param temperature logits are divided by it; 0 takes the most probable token
 * @param topK only that many most probable tokens; 0 for all
 * @param topP nucleus: the smallest set of most probable tokens whose mass reaches it, in (0, 1]
 * @param minP only tokens at least that share as probable as the most probable, in [0, 1]
 * @param maxNewTokens longest response in tokens, the end token included; at least 1
 */
public record SamplingOptions(
    int responses,
    double repetitionPenalty,
    double temperature,
    int topK,
    double topP,
    double minP,
    int maxNewTokens) {

  public SamplingOptions {
    require(responses >= 1, "responses must be at least 1", responses);
    require(
        repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
        "repetition-penalty must be above 0",
        repetitionPenalty);
    require(
        temperature >= 0 && Double.isFinite(temperature),
        "temperature must be 0 or more",
        temperature);
    require(topK >= 0, "top-k must be 0 or more", topK);
    require(topP > 0 && topP <= 1, "top-p must be in (0, 1]", topP);
    require(minP >= 0 && minP <= 1, "min-p must be in [0, 1]", minP);
    require(maxNewTokens >= 1, "max-new-tokens must be at least 1", maxNewTokens);
  }

  /** Without repetition penalty, top-k and min-p. */
  public SamplingOptions(int responses, double temperature, double topP, int maxNewTokens) {
    this(responses, 1, temperature, 0, topP, 0, maxNewTokens);
  }

  private static void require(boolean holds, String message, Number found) {
    if (!holds) {
      throw new IllegalArgumentException(message + ", not " + found);
    }
  }
}

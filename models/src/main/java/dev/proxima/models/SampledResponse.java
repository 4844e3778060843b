package dev.proxima.models;

/**
 * One sampled response.
 *
 * @param tokens response token ids, the end-of-text token included where one was drawn
 * @param logp log pi(y|x) of those tokens under the model itself (temperature 1, no truncation),
 *     summed, in nats
 * @param finished whether the end-of-text token was drawn before the length limit
 */
public record SampledResponse(int[] tokens, double logp, boolean finished) {}

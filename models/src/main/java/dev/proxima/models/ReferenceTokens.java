package dev.proxima.models;

/**
 * log pi_t(token | before) of the response tokens of a pair, in nats.
 *
 * @param chosen of y_w, shape [response length]
 * @param rejected of y_l, likewise
 */
public record ReferenceTokens(double[] chosen, double[] rejected) {}

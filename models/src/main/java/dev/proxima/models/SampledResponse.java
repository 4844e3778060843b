package dev.proxima.models;

import dev.proxima.algorithms.numeric.OrderedSum;

/**
 * One sampled response.
 *
 * @param tokens response token ids, the end token included where one was drawn
 * @param tokenLogps log pi(token | before) of each under the model itself (temperature 1, nothing
 *     cut off), in nats
 * @param finished whether the response ended before the length limit
 */
public record SampledResponse(int[] tokens, double[] tokenLogps, boolean finished) {

  /** log pi(y|x), the sum over the tokens. */
  public double logp() {
    return OrderedSum.of(tokenLogps);
  }
}

package dev.proxima.models;

import dev.proxima.algorithms.numeric.OrderedSum;
import java.util.Arrays;
import java.util.List;

/**
 * A frozen causal language model on one device. Safe for use by several threads, since nothing in
 * it changes; a sampler and a reference share one.
 */
public interface LanguageModel extends AutoCloseable {

  /**
   * Samples responses.
   *
   * @param prompts token ids, each of length at least 1
   * @param random the draws, so that a response depends on its own address only
   * @return for each prompt, in order, {@code options.responses()} responses
   */
  default List<List<SampledResponse>> generate(
      List<int[]> prompts, SamplingOptions options, TokenRandom random) {
    return generate(prompts, options, random, GenerationListener.NONE);
  }

  /** Likewise, telling {@code listener} of each token. */
  List<List<SampledResponse>> generate(
      List<int[]> prompts,
      SamplingOptions options,
      TokenRandom random,
      GenerationListener listener);

  /** log pi(token | before) of each response token of each sequence, in nats; in order. */
  default double[][] tokenLogps(List<TokenSequence> sequences) {
    return tokenLogps(sequences, () -> {});
  }

  /**
   * Likewise.
   *
   * @param progress run now and then, on the calling thread; it may throw to end the work
   */
  double[][] tokenLogps(List<TokenSequence> sequences, Runnable progress);

  /** log pi(y|x) of each sequence's response, summed over its tokens, in nats; in order. */
  default double[] logps(List<TokenSequence> sequences) {
    return Arrays.stream(tokenLogps(sequences)).mapToDouble(OrderedSum::of).toArray();
  }

  /** Frees the native memory. */
  @Override
  void close();
}

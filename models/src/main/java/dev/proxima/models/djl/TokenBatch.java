package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.TokenSequence;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences padded on the right to a rectangle, with the n positions that predict a response token,
 * sequence after sequence. Padding follows every real token, so the causal mask alone hides it.
 *
 * @param rows sequences
 * @param columns length of the longest
 * @param tokens token ids, [rows * columns]
 * @param predicting index into {@code tokens} of the token before each response token, [n]
 * @param responses the response tokens, [n]
 * @param starts index into {@code responses} where each sequence begins, and n: [rows + 1]
 */
record TokenBatch(
    int rows, int columns, long[] tokens, long[] predicting, long[] responses, int[] starts) {

  /**
   * Lays out {@code sequences}, at least one.
   *
   * @throws IllegalArgumentException when one is too long or holds a token outside the vocabulary
   */
  static TokenBatch of(List<TokenSequence> sequences, ModelConfig config) {
    int rows = sequences.size();
    int columns = 0;
    int[] starts = new int[rows + 1];
    for (int row = 0; row < rows; row++) {
      TokenSequence sequence = sequences.get(row);
      check(sequence, config);
      columns = Math.max(columns, sequence.tokens().length);
      starts[row + 1] = starts[row] + sequence.responseLength();
    }
    long[] tokens = new long[rows * columns];
    long[] predicting = new long[starts[rows]];
    long[] responses = new long[starts[rows]];
    for (int row = 0; row < rows; row++) {
      TokenSequence sequence = sequences.get(row);
      for (int i = 0; i < sequence.tokens().length; i++) {
        tokens[row * columns + i] = sequence.tokens()[i];
      }
      for (int i = 0; i < sequence.responseLength(); i++) {
        predicting[starts[row] + i] = (long) row * columns + sequence.promptLength() - 1 + i;
        responses[starts[row] + i] = sequence.tokens()[sequence.promptLength() + i];
      }
    }
    return new TokenBatch(rows, columns, tokens, predicting, responses, starts);
  }

  /** The token ids as int64 [rows, columns]. */
  NDArray tokens(NDManager manager) {
    return manager.create(tokens, new Shape(rows, columns));
  }

  /** A value of each response token as a row for each sequence, [rows][response length]. */
  double[][] rows(float[] perToken) {
    double[][] split = new double[rows][];
    for (int row = 0; row < rows; row++) {
      int start = starts[row];
      split[row] = new double[starts[row + 1] - start];
      Arrays.setAll(split[row], i -> perToken[start + i]);
    }
    return split;
  }

  /** Sums a value of each response token over each sequence. */
  double[] sums(float[] perToken) {
    double[] sums = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = starts[row]; i < starts[row + 1]; i++) {
        sums[row] += perToken[i];
      }
    }
    return sums;
  }

  private static void check(TokenSequence sequence, ModelConfig config) {
    int length = sequence.tokens().length;
    if (length > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          "a sequence of "
              + length
              + " tokens is longer than max_position_embeddings, "
              + config.maxPositionEmbeddings());
    }
    Vocabulary.check(sequence.tokens(), config);
  }
}

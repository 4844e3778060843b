package dev.proxima.models.djl;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.TokenSequence;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences laid end to end without padding. Those with the same prompt share its tokens: a prompt
 * is computed once for all its responses. The last token of a response is predicted, never read.
 * Attention works on a rectangle of rows (one for each sequence) and columns, filled up on the
 * right, where causality hides what fills it.
 *
 * @param columns of the rectangle: length of the longest sequence, as far as it is read
 * @param tokens token ids, [n]
 * @param positions of the tokens in their sequences, [n]
 * @param prefixes a hash of each token's sequence up to it, itself included, [n]
 * @param cells the packed token in each cell of the rectangle, [rows * columns]; empty where the
 *     packed tokens are the rectangle
 * @param homes a cell that holds each packed token, [n]; empty likewise
 * @param predicting the packed token before each response token, [m]
 * @param responses the response tokens, [m]
 * @param starts where in {@code responses} each sequence begins, and m: [rows + 1]
 */
record PackedBatch(
    int columns,
    long[] tokens,
    long[] positions,
    long[] prefixes,
    long[] cells,
    long[] homes,
    long[] predicting,
    long[] responses,
    int[] starts) {

  /**
   * Packs {@code sequences}, at least one.
   *
   * @throws IllegalArgumentException when one is too long or holds a token outside the vocabulary
   */
  static PackedBatch of(List<TokenSequence> sequences, ModelConfig config) {
    Packing packing = new Packing(sequences.size());
    for (TokenSequence sequence : sequences) {
      check(sequence.tokens(), config);
      packing.add(sequence);
    }
    return packing.batch();
  }

  /** Packs prompts alone; what follows the last token of each is predicted. */
  static PackedBatch ofPrompts(List<int[]> prompts) {
    Packing packing = new Packing(prompts.size());
    prompts.forEach(packing::addPrompt);
    return packing.batch();
  }

  /**
   * Packs whole sequences, each read to its end: what follows its last token is predicted. One that
   * begins as the one before it shares those tokens with it.
   *
   * @throws IllegalArgumentException as {@link #of}, and where a sequence is empty
   */
  static PackedBatch ofWhole(List<int[]> sequences, ModelConfig config) {
    Packing packing = new Packing(sequences.size());
    int[] before = {};
    for (int[] sequence : sequences) {
      if (sequence.length == 0) {
        throw new IllegalArgumentException("a sequence needs at least one token");
      }
      check(sequence, config);
      packing.addWhole(sequence, shared(before, sequence));
      before = sequence;
    }
    return packing.batch();
  }

  int rows() {
    return starts.length - 1;
  }

  /** A value of each response token as a row for each sequence, [rows][response length]. */
  double[][] rows(float[] perToken) {
    double[][] split = new double[rows()][];
    for (int row = 0; row < rows(); row++) {
      int start = starts[row];
      split[row] = new double[starts[row + 1] - start];
      Arrays.setAll(split[row], i -> perToken[start + i]);
    }
    return split;
  }

  /** Sums a value of each response token over each sequence. */
  double[] sums(float[] perToken) {
    double[] sums = new double[rows()];
    for (int row = 0; row < rows(); row++) {
      for (int i = starts[row]; i < starts[row + 1]; i++) {
        sums[row] += perToken[i];
      }
    }
    return sums;
  }

  /** With how many of the same tokens both begin. */
  private static int shared(int[] before, int[] sequence) {
    int mismatch = Arrays.mismatch(before, sequence);
    return mismatch < 0 ? sequence.length : mismatch;
  }

  private static void check(int[] tokens, ModelConfig config) {
    if (tokens.length > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          "a sequence of "
              + tokens.length
              + " tokens is longer than max_position_embeddings, "
              + config.maxPositionEmbeddings());
    }
    Vocabulary.check(tokens, config);
  }

  /** A batch as it grows. */
  private static final class Packing {

    /** The hash of no tokens. */
    private static final long EMPTY = 0;

    private final Map<IntBuffer, int[]> prompts = new HashMap<>();
    private final List<int[]> rows = new ArrayList<>();
    private final LongList tokens = new LongList();
    private final LongList positions = new LongList();
    private final LongList prefixes = new LongList();
    private final LongList predicting = new LongList();
    private final LongList responses = new LongList();
    private final int[] starts;

    Packing(int size) {
      starts = new int[size + 1];
    }

    void add(TokenSequence sequence) {
      int[] all = sequence.tokens();
      int prompt = sequence.promptLength();
      int[] shared =
          prompts.computeIfAbsent(
              IntBuffer.wrap(all, 0, prompt).slice(), key -> append(all, 0, prompt, EMPTY));
      int[] row = Arrays.copyOf(shared, all.length - 1);
      int[] read = append(all, prompt, all.length - 1, prefixes.get(row[prompt - 1]));
      System.arraycopy(read, 0, row, prompt, read.length);
      for (int i = prompt; i < all.length; i++) {
        predicting.add(row[i - 1]);
        responses.add(all[i]);
      }
      end(row);
    }

    void addPrompt(int[] prompt) {
      addWhole(prompt, 0);
    }

    /** The first {@code shared} tokens are those of the row before. */
    void addWhole(int[] sequence, int shared) {
      int[] row = new int[sequence.length];
      if (shared > 0) {
        System.arraycopy(rows.get(rows.size() - 1), 0, row, 0, shared);
      }
      long prefix = shared > 0 ? prefixes.get(row[shared - 1]) : EMPTY;
      int[] read = append(sequence, shared, sequence.length, prefix);
      System.arraycopy(read, 0, row, shared, read.length);
      predicting.add(row[row.length - 1]);
      end(row);
    }

    private void end(int[] row) {
      rows.add(row);
      starts[rows.size()] = predicting.size();
    }

    /** Packs part of a sequence, {@code prefix} before it, and returns where each token lies. */
    private int[] append(int[] sequence, int from, int to, long prefix) {
      int[] at = new int[to - from];
      long hash = prefix;
      for (int i = from; i < to; i++) {
        hash = new RandomStream(hash).bits(sequence[i]);
        prefixes.add(hash);
        at[i - from] = tokens.size();
        tokens.add(sequence[i]);
        positions.add(i);
      }
      return at;
    }

    PackedBatch batch() {
      int columns = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
      boolean rectangular = (long) rows.size() * columns == tokens.size();
      long[] cells = new long[rectangular ? 0 : rows.size() * columns];
      long[] homes = new long[rectangular ? 0 : tokens.size()];
      for (int cell = 0; cell < cells.length; cell++) {
        int[] row = rows.get(cell / columns);
        int column = cell % columns;
        cells[cell] = row[Math.min(column, row.length - 1)];
        if (column < row.length) {
          homes[row[column]] = cell;
        }
      }
      return new PackedBatch(
          columns,
          tokens.toArray(),
          positions.toArray(),
          prefixes.toArray(),
          cells,
          homes,
          predicting.toArray(),
          responses.toArray(),
          starts);
    }
  }

  private static final class LongList {

    private long[] values = new long[64];
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    int size() {
      return size;
    }

    long get(int index) {
      return values[index];
    }

    long[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}

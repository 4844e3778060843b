package dev.proxima.models.architecture;

import dev.proxima.models.ModelConfig;

/**
 * The tensors that a decoder may have. Shapes are PyTorch's: linear layers are [out, in], with d =
 * hidden size, h = head size, H = heads, K = key/value heads, f = intermediate size.
 */
public enum Part {
  /** [vocabulary, d]. */
  EMBEDDING,
  /** Learned positions, [positions, d]. */
  POSITIONS,
  /** Weight of the norm before attention, [d]. */
  INPUT_NORM,
  INPUT_NORM_BIAS,
  /** [H h, d]. */
  QUERY,
  QUERY_BIAS,
  /** [K h, d]. */
  KEY,
  KEY_BIAS,
  /** [K h, d]. */
  VALUE,
  VALUE_BIAS,
  /** The three in one tensor, [(H + 2 K) h, d]. */
  QUERY_KEY_VALUE,
  QUERY_KEY_VALUE_BIAS,
  /** [h]. */
  QUERY_NORM,
  /** [h]. */
  KEY_NORM,
  /** [d, H h]. */
  ATTENTION_OUTPUT,
  ATTENTION_OUTPUT_BIAS,
  /** Norm of what attention adds, [d]. */
  ATTENTION_OUTPUT_NORM,
  /** Weight of the norm before the feed-forward layer, [d]. */
  FEED_FORWARD_NORM,
  FEED_FORWARD_NORM_BIAS,
  /** [f, d]. */
  GATE,
  GATE_BIAS,
  /** [f, d]. */
  UP,
  UP_BIAS,
  /** [d, f]. */
  DOWN,
  DOWN_BIAS,
  /** Norm of what the feed-forward layer adds, [d]. */
  DOWN_NORM,
  /** [d]. */
  FINAL_NORM,
  FINAL_NORM_BIAS,
  /** [vocabulary, d]; absent where it is the embedding. */
  OUTPUT,
  /** A reward model's head, [1, d]. */
  SCORE;

  /** Its shape in a model. */
  public long[] shape(ModelConfig config) {
    long d = config.hiddenSize();
    long f = config.intermediateSize();
    long queries = (long) config.heads() * config.headSize();
    long keys = (long) config.kvHeads() * config.headSize();
    return switch (this) {
      case EMBEDDING, OUTPUT -> new long[] {config.vocabSize(), d};
      case POSITIONS -> new long[] {config.maxPositionEmbeddings(), d};
      case SCORE -> new long[] {1, d};
      case INPUT_NORM,
          INPUT_NORM_BIAS,
          ATTENTION_OUTPUT_BIAS,
          ATTENTION_OUTPUT_NORM,
          FEED_FORWARD_NORM,
          FEED_FORWARD_NORM_BIAS,
          DOWN_BIAS,
          DOWN_NORM,
          FINAL_NORM,
          FINAL_NORM_BIAS ->
          new long[] {d};
      case QUERY -> new long[] {queries, d};
      case QUERY_BIAS -> new long[] {queries};
      case KEY, VALUE -> new long[] {keys, d};
      case KEY_BIAS, VALUE_BIAS -> new long[] {keys};
      case QUERY_KEY_VALUE -> new long[] {queries + 2 * keys, d};
      case QUERY_KEY_VALUE_BIAS -> new long[] {queries + 2 * keys};
      case QUERY_NORM, KEY_NORM -> new long[] {config.headSize()};
      case ATTENTION_OUTPUT -> new long[] {d, queries};
      case GATE, UP -> new long[] {f, d};
      case GATE_BIAS, UP_BIAS -> new long[] {f};
      case DOWN -> new long[] {d, f};
    };
  }

  /** Whether every layer has one of its own. */
  public boolean perLayer() {
    return compareTo(INPUT_NORM) >= 0 && compareTo(DOWN_NORM) <= 0;
  }

  /** Whether it is the matrix of a linear layer. */
  public boolean linear() {
    return switch (this) {
      case QUERY, KEY, VALUE, QUERY_KEY_VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN -> true;
      default -> false;
    };
  }
}

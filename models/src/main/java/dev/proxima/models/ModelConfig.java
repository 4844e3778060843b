package dev.proxima.models;

import java.util.Collections;
import java.util.List;

/**
 * The shape of a causal decoder, whatever its architecture: what {@code config.json} says, in one
 * vocabulary. The architectures of {@code models.architecture} translate.
 *
 * @param modelType the architecture, by Hugging Face's {@code model_type}
 * @param hiddenSize model width d
 * @param maxPositionEmbeddings longest sequence in tokens
 */
public record ModelConfig(
    String modelType,
    int vocabSize,
    int hiddenSize,
    int layers,
    int maxPositionEmbeddings,
    Attention attention,
    Rotary rotary,
    FeedForward feedForward,
    Norm norm,
    Embedding embedding,
    Tokens tokens) {

  /**
   * Grouped-query attention.
   *
   * @param kvHeads key/value heads; divides {@code heads}
   * @param headSize width of one head
   * @param scale of the scores, above 0
   * @param inputBias whether queries, keys and values have biases
   * @param queryKeyNorm whether queries and keys are normalised per head
   * @param logitCap bounds the scores by cap * tanh(score / cap); 0 for none
   * @param windows for each layer how many positions a token sees, itself included; 0 for all
   */
  public record Attention(
      int heads,
      int kvHeads,
      int headSize,
      double scale,
      boolean inputBias,
      boolean outputBias,
      boolean queryKeyNorm,
      double logitCap,
      List<Integer> windows) {

    public Attention {
      windows = List.copyOf(windows);
      require(heads > 0, "num_attention_heads must be positive");
      require(
          kvHeads > 0 && heads % kvHeads == 0,
          "num_key_value_heads must divide num_attention_heads");
      require(headSize > 0, "head_dim must be positive");
      require(scale > 0 && Double.isFinite(scale), "the scale of the scores must be positive");
      require(logitCap >= 0, "attn_logit_softcapping must not be negative");
      require(windows.stream().allMatch(w -> w >= 0), "sliding_window must not be negative");
    }

    /** Llama's: no biases, no norms, no windows, scores over sqrt(head size). */
    public static Attention plain(int heads, int kvHeads, int headSize, int layers) {
      return new Attention(
          heads,
          kvHeads,
          headSize,
          1 / Math.sqrt(headSize),
          false,
          false,
          false,
          0,
          Collections.nCopies(layers, 0));
    }

    public Attention withBiases(boolean input, boolean output) {
      return new Attention(
          heads, kvHeads, headSize, scale, input, output, queryKeyNorm, logitCap, windows);
    }

    public Attention withWindows(List<Integer> perLayer) {
      return new Attention(
          heads, kvHeads, headSize, scale, inputBias, outputBias, queryKeyNorm, logitCap, perLayer);
    }

    public Attention withQueryKeyNorm() {
      return new Attention(
          heads, kvHeads, headSize, scale, inputBias, outputBias, true, logitCap, windows);
    }

    public Attention withScores(double newScale, double newCap) {
      return new Attention(
          heads, kvHeads, headSize, newScale, inputBias, outputBias, queryKeyNorm, newCap, windows);
    }
  }

  /**
   * How positions enter: by rotation (Su et al. 2021), or as learned embeddings.
   *
   * @param scaling how the frequencies were stretched for longer contexts
   * @param theta base of the frequencies
   * @param factor by which they are divided
   * @param lowFrequencyFactor Llama 3 only: wavelengths above originalPositions / this are divided
   * @param highFrequencyFactor those below originalPositions / this are not
   * @param originalPositions the context before the stretching
   */
  public record Rotary(
      Scaling scaling,
      double theta,
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalPositions) {

    /** Hugging Face's {@code rope_type}; LEARNED has no rotation. */
    public enum Scaling {
      LEARNED,
      DEFAULT,
      LINEAR,
      LLAMA3
    }

    public static final Rotary LEARNED = new Rotary(Scaling.LEARNED, 1, 1, 1, 1, 1);

    public Rotary {
      require(theta > 0, "rope_theta must be positive");
      require(factor > 0, "the factor of rope_scaling must be positive");
      require(
          scaling != Scaling.LLAMA3 || highFrequencyFactor > lowFrequencyFactor,
          "high_freq_factor must be above low_freq_factor");
      require(originalPositions > 0, "original_max_position_embeddings must be positive");
    }

    public static Rotary of(double theta) {
      return new Rotary(Scaling.DEFAULT, theta, 1, 1, 1, 1);
    }

    public boolean learned() {
      return scaling == Scaling.LEARNED;
    }
  }

  /**
   * The layer after attention.
   *
   * @param gated activation(x W_gate) * (x W_up), as in SwiGLU (Shazeer 2020)
   */
  public record FeedForward(
      int intermediateSize, Activation activation, boolean gated, boolean bias) {

    /** GELU_TANH approximates GELU by tanh. */
    public enum Activation {
      SILU,
      GELU,
      GELU_TANH
    }

    public FeedForward {
      require(intermediateSize > 0, "intermediate_size must be positive");
    }
  }

  /**
   * The norms.
   *
   * @param kind root mean square, or mean and variance with a bias
   * @param centred whether weights are stored less 1, as Gemma's
   * @param afterBlocks whether attention and feed-forward are followed by a norm too
   */
  public record Norm(Kind kind, double epsilon, boolean centred, boolean afterBlocks) {

    public enum Kind {
      RMS,
      LAYER
    }

    public Norm {
      require(epsilon > 0, "the epsilon of the norms must be positive");
    }
  }

  /**
   * The first and the last layer.
   *
   * @param tied whether the output layer is the embedding itself
   * @param scale what embeddings are multiplied by
   * @param logitCap bounds the logits by cap * tanh(logit / cap); 0 for none
   */
  public record Embedding(boolean tied, double scale, double logitCap) {

    public Embedding {
      require(scale > 0, "the scale of the embeddings must be positive");
      require(logitCap >= 0, "final_logit_softcapping must not be negative");
    }
  }

  /**
   * Special tokens.
   *
   * @param bos begins a text; -1 for none
   * @param eos each ends one; there may be several
   * @param pad fills up batches elsewhere
   */
  public record Tokens(int bos, List<Integer> eos, int pad) {

    public Tokens {
      eos = List.copyOf(eos);
    }
  }

  public ModelConfig {
    require(vocabSize > 0, "vocab_size must be positive");
    require(hiddenSize > 0, "hidden_size must be positive");
    require(layers > 0, "num_hidden_layers must be positive");
    require(maxPositionEmbeddings > 1, "max_position_embeddings must be at least 2");
    require(
        rotary.learned() || attention.headSize() % 2 == 0,
        "the head size (head_dim, or hidden_size / num_attention_heads) must be even");
    require(attention.windows().size() == layers, "each layer needs its sliding_window");
    requireToken(tokens.bos() == -1 ? 0 : tokens.bos(), vocabSize, "bos_token_id");
    tokens.eos().forEach(id -> requireToken(id, vocabSize, "eos_token_id"));
    requireToken(tokens.pad(), vocabSize, "pad_token_id");
  }

  /**
   * A Llama: pre-norm layers of grouped-query attention with rotary positions and SwiGLU.
   *
   * @param hiddenSize a multiple of {@code heads}
   */
  public static ModelConfig llama(
      int vocabSize,
      int hiddenSize,
      int intermediateSize,
      int layers,
      int heads,
      int kvHeads,
      int maxPositionEmbeddings,
      double rmsNormEps,
      double ropeTheta,
      boolean tieWordEmbeddings,
      int bosTokenId,
      int eosTokenId,
      int padTokenId) {
    require(heads > 0 && hiddenSize % heads == 0, "num_attention_heads must divide hidden_size");
    return new ModelConfig(
        "llama",
        vocabSize,
        hiddenSize,
        layers,
        maxPositionEmbeddings,
        Attention.plain(heads, kvHeads, hiddenSize / heads, layers),
        Rotary.of(ropeTheta),
        new FeedForward(intermediateSize, FeedForward.Activation.SILU, true, false),
        new Norm(Norm.Kind.RMS, rmsNormEps, false, false),
        new Embedding(tieWordEmbeddings, 1, 0),
        new Tokens(bosTokenId, List.of(eosTokenId), padTokenId));
  }

  /** This model with other end tokens; with its own where there are none. */
  public ModelConfig withEndTokens(List<Integer> eos) {
    return new ModelConfig(
        modelType,
        vocabSize,
        hiddenSize,
        layers,
        maxPositionEmbeddings,
        attention,
        rotary,
        feedForward,
        norm,
        embedding,
        new Tokens(tokens.bos(), eos.isEmpty() ? tokens.eos() : eos, tokens.pad()));
  }

  public int heads() {
    return attention.heads();
  }

  public int kvHeads() {
    return attention.kvHeads();
  }

  public int headSize() {
    return attention.headSize();
  }

  public int intermediateSize() {
    return feedForward.intermediateSize();
  }

  private static void requireToken(int id, int vocabSize, String key) {
    require(id >= 0 && id < vocabSize, key + " must be at least 0 and below vocab_size");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}

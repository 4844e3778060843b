package dev.proxima.models;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The shape of a Llama-architecture decoder (RMSNorm, RoPE, SwiGLU, grouped-query attention), under
 * the keys of Hugging Face's {@code config.json}.
 *
 * @param hiddenSize model width d, a multiple of {@code heads}
 * @param intermediateSize width of the SwiGLU layer
 * @param kvHeads key/value heads; divides {@code heads}
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param tieWordEmbeddings whether the output layer is the embedding itself
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelConfig(
    @JsonProperty("vocab_size") int vocabSize,
    @JsonProperty("hidden_size") int hiddenSize,
    @JsonProperty("intermediate_size") int intermediateSize,
    @JsonProperty("num_hidden_layers") int layers,
    @JsonProperty("num_attention_heads") int heads,
    @JsonProperty("num_key_value_heads") int kvHeads,
    @JsonProperty("max_position_embeddings") int maxPositionEmbeddings,
    @JsonProperty("rms_norm_eps") double rmsNormEps,
    @JsonProperty("rope_theta") double ropeTheta,
    @JsonProperty("tie_word_embeddings") boolean tieWordEmbeddings,
    @JsonProperty("bos_token_id") int bosTokenId,
    @JsonProperty("eos_token_id") int eosTokenId,
    @JsonProperty("pad_token_id") int padTokenId) {

  public ModelConfig {
    require(vocabSize > 0, "vocab_size must be positive");
    require(layers > 0, "num_hidden_layers must be positive");
    require(heads > 0 && hiddenSize % heads == 0, "num_attention_heads must divide hidden_size");
    require((hiddenSize / heads) % 2 == 0, "hidden_size / num_attention_heads must be even");
    require(
        kvHeads > 0 && heads % kvHeads == 0, "num_key_value_heads must divide num_attention_heads");
    require(intermediateSize > 0, "intermediate_size must be positive");
    require(maxPositionEmbeddings > 1, "max_position_embeddings must be at least 2");
    require(rmsNormEps > 0, "rms_norm_eps must be positive");
    require(ropeTheta > 0, "rope_theta must be positive");
    requireToken(bosTokenId, vocabSize, "bos_token_id");
    requireToken(eosTokenId, vocabSize, "eos_token_id");
    requireToken(padTokenId, vocabSize, "pad_token_id");
  }

  /** Width of one attention head. */
  public int headSize() {
    return hiddenSize / heads;
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

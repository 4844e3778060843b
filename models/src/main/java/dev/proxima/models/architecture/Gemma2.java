package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;
import dev.proxima.models.ModelConfig.Embedding;
import dev.proxima.models.ModelConfig.FeedForward;
import dev.proxima.models.ModelConfig.Norm;
import java.util.Map;

/**
 * Gemma 2 (Riviere et al. 2024): norms before and after each block, capped scores and logits,
 * windows in every second layer, scaled embeddings, norm weights stored less 1.
 */
final class Gemma2 extends Llama {

  private static final String LAYER = "model.layers.%d.";
  private static final String SCALE = "query_pre_attn_scalar";
  private static final String SCORE_CAP = "attn_logit_softcapping";
  private static final String LOGIT_CAP = "final_logit_softcapping";

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public String className() {
    return "Gemma2";
  }

  @Override
  Attention attention(ConfigJson json, Attention plain) {
    json.requireAbsentOr("use_bidirectional_attention", "false");
    int layers = plain.windows().size();
    boolean bias = json.flag("attention_bias", false);
    return plain
        .withBiases(bias, bias)
        .withWindows(
            json.windows(layers, json.integer("sliding_window", 4096), layer -> layer % 2 == 0))
        .withScores(
            1 / Math.sqrt(json.number(SCALE, 256)),
            json.number(SCORE_CAP, json.absent(SCORE_CAP) ? 50 : 0));
  }

  @Override
  FeedForward feedForward(ConfigJson json) {
    return new FeedForward(
        json.integer("intermediate_size"),
        json.activation(
            json.has("hidden_activation") ? "hidden_activation" : "hidden_act",
            "gelu_pytorch_tanh"),
        true,
        false);
  }

  @Override
  Norm norm(ConfigJson json) {
    return new Norm(Norm.Kind.RMS, json.number("rms_norm_eps", 1e-6), true, true);
  }

  @Override
  Embedding embedding(ConfigJson json, int hidden) {
    return new Embedding(
        json.flag("tie_word_embeddings", true),
        (float) Math.sqrt(hidden),
        json.number(LOGIT_CAP, json.absent(LOGIT_CAP) ? 30 : 0));
  }

  @Override
  void describeOwn(ModelConfig config, ObjectNode json) {
    Attention attention = config.attention();
    json.put("hidden_activation", ConfigJson.name(config.feedForward().activation()));
    json.put("attention_bias", attention.inputBias());
    int window = ConfigJson.describeWindows(attention.windows(), json);
    json.put("sliding_window", window == 0 ? null : Integer.valueOf(window));
    // transformers knows whole numbers only.
    json.put(SCALE, Math.round(1 / (attention.scale() * attention.scale())));
    json.put(SCORE_CAP, orNull(attention.logitCap()));
    json.put(LOGIT_CAP, orNull(config.embedding().logitCap()));
  }

  private static Double orNull(double cap) {
    return cap == 0 ? null : cap;
  }

  @Override
  int defaultPositions() {
    return 8192;
  }

  @Override
  int defaultHeadSize(int hidden, int heads) {
    return 256;
  }

  @Override
  int defaultKvHeads(int heads) {
    return 4;
  }

  @Override
  public Map<Part, String> names(ModelConfig config) {
    Map<Part, String> names = super.names(config);
    names.put(Part.ATTENTION_OUTPUT_NORM, LAYER + "post_attention_layernorm.weight");
    names.put(Part.FEED_FORWARD_NORM, LAYER + "pre_feedforward_layernorm.weight");
    names.put(Part.DOWN_NORM, LAYER + "post_feedforward_layernorm.weight");
    return names;
  }
}

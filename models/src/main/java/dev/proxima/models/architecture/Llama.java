package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;
import dev.proxima.models.ModelConfig.Embedding;
import dev.proxima.models.ModelConfig.FeedForward;
import dev.proxima.models.ModelConfig.Norm;
import java.util.EnumMap;
import java.util.Map;

/**
 * Llama 1 to 3.x (Touvron et al. 2023; Grattafiori et al. 2024), and what shares its shape: SmolLM,
 * TinyLlama. The base of its relatives, which differ in attention.
 */
class Llama implements Architecture {

  private static final String LAYER = "model.layers.%d.";

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String className() {
    return "Llama";
  }

  @Override
  public ModelConfig read(ConfigJson json) {
    int hidden = json.integer("hidden_size");
    int layers = json.integer("num_hidden_layers");
    int heads = json.integer("num_attention_heads");
    if (heads < 1 || (!json.has("head_dim") && hidden % heads != 0)) {
      throw json.cannotBe("num_attention_heads", "a divisor of hidden_size = " + hidden);
    }
    int head = json.integer("head_dim", defaultHeadSize(hidden, heads));
    String groups = "num_key_value_heads";
    int kvHeads = json.integer(groups, json.absent(groups) ? defaultKvHeads(heads) : heads);
    return json.checked(
        () ->
            new ModelConfig(
                modelType(),
                json.integer("vocab_size"),
                hidden,
                layers,
                json.integer("max_position_embeddings", defaultPositions()),
                attention(json, Attention.plain(heads, kvHeads, head, layers)),
                json.rotary(10_000),
                feedForward(json),
                norm(json),
                embedding(json, hidden),
                json.tokens()));
  }

  /** What this family does beyond plain attention. */
  Attention attention(ConfigJson json, Attention plain) {
    boolean bias = json.flag("attention_bias", false);
    return plain
        .withBiases(bias, bias)
        .withWindows(json.windows(plain.windows().size(), 0, layer -> false));
  }

  FeedForward feedForward(ConfigJson json) {
    return new FeedForward(
        json.integer("intermediate_size"),
        json.activation("hidden_act", "silu"),
        true,
        json.flag("mlp_bias", false));
  }

  Norm norm(ConfigJson json) {
    return new Norm(Norm.Kind.RMS, json.number("rms_norm_eps", 1e-6), false, false);
  }

  Embedding embedding(ConfigJson json, int hidden) {
    return new Embedding(json.flag("tie_word_embeddings", false), 1, 0);
  }

  int defaultPositions() {
    return 2048;
  }

  int defaultHeadSize(int hidden, int heads) {
    return hidden / heads;
  }

  int defaultKvHeads(int heads) {
    return heads;
  }

  @Override
  public final void describe(ModelConfig config, ObjectNode json) {
    json.put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads());
    json.put("num_key_value_heads", config.kvHeads());
    json.put("head_dim", config.headSize());
    json.put("max_position_embeddings", config.maxPositionEmbeddings());
    json.put("rms_norm_eps", config.norm().epsilon());
    ConfigJson.describe(config.rotary(), json);
    json.put("attention_dropout", 0.0);
    describeOwn(config, json);
  }

  /** What {@link #attention} and what follows it read. */
  void describeOwn(ModelConfig config, ObjectNode json) {
    json.put("hidden_act", ConfigJson.name(config.feedForward().activation()));
    json.put("attention_bias", config.attention().inputBias());
    json.put("mlp_bias", config.feedForward().bias());
  }

  @Override
  public Map<Part, String> names(ModelConfig config) {
    Map<Part, String> names = new EnumMap<>(Part.class);
    names.put(Part.EMBEDDING, "model.embed_tokens.weight");
    names.put(Part.INPUT_NORM, LAYER + "input_layernorm.weight");
    names.put(Part.QUERY, LAYER + "self_attn.q_proj.weight");
    names.put(Part.KEY, LAYER + "self_attn.k_proj.weight");
    names.put(Part.VALUE, LAYER + "self_attn.v_proj.weight");
    names.put(Part.ATTENTION_OUTPUT, LAYER + "self_attn.o_proj.weight");
    names.put(Part.FEED_FORWARD_NORM, LAYER + "post_attention_layernorm.weight");
    names.put(Part.GATE, LAYER + "mlp.gate_proj.weight");
    names.put(Part.UP, LAYER + "mlp.up_proj.weight");
    names.put(Part.DOWN, LAYER + "mlp.down_proj.weight");
    names.put(Part.FINAL_NORM, "model.norm.weight");
    if (config.attention().inputBias()) {
      names.put(Part.QUERY_BIAS, LAYER + "self_attn.q_proj.bias");
      names.put(Part.KEY_BIAS, LAYER + "self_attn.k_proj.bias");
      names.put(Part.VALUE_BIAS, LAYER + "self_attn.v_proj.bias");
    }
    if (config.attention().outputBias()) {
      names.put(Part.ATTENTION_OUTPUT_BIAS, LAYER + "self_attn.o_proj.bias");
    }
    if (config.attention().queryKeyNorm()) {
      names.put(Part.QUERY_NORM, LAYER + "self_attn.q_norm.weight");
      names.put(Part.KEY_NORM, LAYER + "self_attn.k_norm.weight");
    }
    if (config.feedForward().bias()) {
      names.put(Part.GATE_BIAS, LAYER + "mlp.gate_proj.bias");
      names.put(Part.UP_BIAS, LAYER + "mlp.up_proj.bias");
      names.put(Part.DOWN_BIAS, LAYER + "mlp.down_proj.bias");
    }
    if (!config.embedding().tied()) {
      names.put(Part.OUTPUT, "lm_head.weight");
    }
    return names;
  }

  @Override
  public String basePrefix() {
    return "model.";
  }
}

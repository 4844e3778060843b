package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;
import dev.proxima.models.ModelConfig.Embedding;
import dev.proxima.models.ModelConfig.FeedForward;
import dev.proxima.models.ModelConfig.FeedForward.Activation;
import dev.proxima.models.ModelConfig.Norm;
import dev.proxima.models.ModelConfig.Rotary;
import java.util.EnumMap;
import java.util.Map;

/**
 * GPT-2 (Radford et al. 2019): learned positions, layer norms, biases everywhere. Its files hold
 * linear layers transposed.
 */
final class Gpt2 implements Architecture {

  private static final String LAYER = "transformer.h.%d.";

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public String className() {
    return "GPT2";
  }

  @Override
  public String languageModel() {
    return "GPT2LMHeadModel";
  }

  @Override
  public ModelConfig read(ConfigJson json) {
    json.requireAbsentOr("scale_attn_weights", "true");
    json.requireAbsentOr("scale_attn_by_inverse_layer_idx", "false");
    json.requireAbsentOr("add_cross_attention", "false");
    int hidden = json.integer("n_embd");
    int heads = json.integer("n_head");
    int layers = json.integer("n_layer");
    if (heads < 1 || hidden % heads != 0) {
      throw json.cannotBe("n_head", "a divisor of n_embd = " + hidden);
    }
    return json.checked(
        () ->
            new ModelConfig(
                modelType(),
                json.integer("vocab_size"),
                hidden,
                layers,
                json.integer("n_positions", 1024),
                Attention.plain(heads, heads, hidden / heads, layers).withBiases(true, true),
                Rotary.LEARNED,
                new FeedForward(
                    json.integer("n_inner", 4 * hidden),
                    json.activation("activation_function", "gelu_new"),
                    false,
                    true),
                new Norm(Norm.Kind.LAYER, json.number("layer_norm_epsilon", 1e-5), false, false),
                new Embedding(json.flag("tie_word_embeddings", true), 1, 0),
                json.tokens()));
  }

  @Override
  public void describe(ModelConfig config, ObjectNode json) {
    Activation activation = config.feedForward().activation();
    json.put("n_embd", config.hiddenSize());
    json.put("n_layer", config.layers());
    json.put("n_head", config.heads());
    json.put("n_positions", config.maxPositionEmbeddings());
    json.put("n_inner", config.intermediateSize());
    json.put(
        "activation_function",
        activation == Activation.GELU_TANH ? "gelu_new" : ConfigJson.name(activation));
    json.put("layer_norm_epsilon", config.norm().epsilon());
    json.put("attn_pdrop", 0.0).put("embd_pdrop", 0.0).put("resid_pdrop", 0.0);
  }

  @Override
  public Map<Part, String> names(ModelConfig config) {
    Map<Part, String> names = new EnumMap<>(Part.class);
    names.put(Part.EMBEDDING, "transformer.wte.weight");
    names.put(Part.POSITIONS, "transformer.wpe.weight");
    names.put(Part.INPUT_NORM, LAYER + "ln_1.weight");
    names.put(Part.INPUT_NORM_BIAS, LAYER + "ln_1.bias");
    names.put(Part.QUERY_KEY_VALUE, LAYER + "attn.c_attn.weight");
    names.put(Part.QUERY_KEY_VALUE_BIAS, LAYER + "attn.c_attn.bias");
    names.put(Part.ATTENTION_OUTPUT, LAYER + "attn.c_proj.weight");
    names.put(Part.ATTENTION_OUTPUT_BIAS, LAYER + "attn.c_proj.bias");
    names.put(Part.FEED_FORWARD_NORM, LAYER + "ln_2.weight");
    names.put(Part.FEED_FORWARD_NORM_BIAS, LAYER + "ln_2.bias");
    names.put(Part.UP, LAYER + "mlp.c_fc.weight");
    names.put(Part.UP_BIAS, LAYER + "mlp.c_fc.bias");
    names.put(Part.DOWN, LAYER + "mlp.c_proj.weight");
    names.put(Part.DOWN_BIAS, LAYER + "mlp.c_proj.bias");
    names.put(Part.FINAL_NORM, "transformer.ln_f.weight");
    names.put(Part.FINAL_NORM_BIAS, "transformer.ln_f.bias");
    if (!config.embedding().tied()) {
      names.put(Part.OUTPUT, "lm_head.weight");
    }
    return names;
  }

  @Override
  public String basePrefix() {
    return "transformer.";
  }

  @Override
  public boolean transposed() {
    return true;
  }
}

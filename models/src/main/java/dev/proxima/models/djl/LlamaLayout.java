package dev.proxima.models.djl;

import dev.proxima.models.ModelConfig;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names and shapes of a Llama decoder's tensors, as Hugging Face writes them. */
final class LlamaLayout {

  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String FINAL_NORM = "model.norm.weight";
  static final String OUTPUT = "lm_head.weight";

  static final String INPUT_NORM = "input_layernorm.weight";
  static final String QUERY = "self_attn.q_proj.weight";
  static final String KEY = "self_attn.k_proj.weight";
  static final String VALUE = "self_attn.v_proj.weight";
  static final String ATTENTION_OUTPUT = "self_attn.o_proj.weight";
  static final String POST_ATTENTION_NORM = "post_attention_layernorm.weight";
  static final String GATE = "mlp.gate_proj.weight";
  static final String UP = "mlp.up_proj.weight";
  static final String DOWN = "mlp.down_proj.weight";

  private LlamaLayout() {}

  /** The full name of {@code part} in layer {@code layer}, counted from 0. */
  static String layer(int layer, String part) {
    return "model.layers." + layer + "." + part;
  }

  /** Every tensor with its shape; linear layers are [out, in]. */
  static SortedMap<String, long[]> shapes(ModelConfig config) {
    long hidden = config.hiddenSize();
    long keys = (long) config.kvHeads() * config.headSize();
    long inner = config.intermediateSize();
    SortedMap<String, long[]> shapes = new TreeMap<>();
    shapes.put(EMBEDDING, new long[] {config.vocabSize(), hidden});
    shapes.put(FINAL_NORM, new long[] {hidden});
    if (!config.tieWordEmbeddings()) {
      shapes.put(OUTPUT, new long[] {config.vocabSize(), hidden});
    }
    for (int i = 0; i < config.layers(); i++) {
      shapes.put(layer(i, INPUT_NORM), new long[] {hidden});
      shapes.put(layer(i, QUERY), new long[] {hidden, hidden});
      shapes.put(layer(i, KEY), new long[] {keys, hidden});
      shapes.put(layer(i, VALUE), new long[] {keys, hidden});
      shapes.put(layer(i, ATTENTION_OUTPUT), new long[] {hidden, hidden});
      shapes.put(layer(i, POST_ATTENTION_NORM), new long[] {hidden});
      shapes.put(layer(i, GATE), new long[] {inner, hidden});
      shapes.put(layer(i, UP), new long[] {inner, hidden});
      shapes.put(layer(i, DOWN), new long[] {hidden, inner});
    }
    return shapes;
  }
}

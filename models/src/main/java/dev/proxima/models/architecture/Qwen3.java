package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;

/** Qwen 3 (Yang et al. 2025): normalises queries and keys, and has no biases unless asked. */
final class Qwen3 extends Qwen2 {

  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String className() {
    return "Qwen3";
  }

  @Override
  Attention attention(ConfigJson json, Attention plain) {
    boolean bias = json.flag("attention_bias", false);
    return windowed(json, plain).withQueryKeyNorm().withBiases(bias, bias);
  }

  @Override
  void describeOwn(ModelConfig config, ObjectNode json) {
    super.describeOwn(config, json);
    json.put("attention_bias", config.attention().inputBias());
  }

  @Override
  int defaultHeadSize(int hidden, int heads) {
    return 128;
  }
}

package dev.proxima.models.architecture;

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
}

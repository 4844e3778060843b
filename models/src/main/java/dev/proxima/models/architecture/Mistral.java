package dev.proxima.models.architecture;

import dev.proxima.models.ModelConfig.Attention;

/** Mistral (Jiang et al. 2023): a Llama whose tokens may see a sliding window only. */
final class Mistral extends Llama {

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public String className() {
    return "Mistral";
  }

  @Override
  Attention attention(ConfigJson json, Attention plain) {
    int layers = plain.windows().size();
    return plain.withWindows(
        json.windows(layers, json.integer("sliding_window", 0), layer -> true));
  }

  @Override
  int defaultPositions() {
    return 4096 * 32;
  }
}

package dev.proxima.models.architecture;

import dev.proxima.models.ModelConfig.Attention;

/** Qwen 2 and 2.5 (Yang et al. 2024): a Llama with biases on queries, keys and values. */
class Qwen2 extends Llama {

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String className() {
    return "Qwen2";
  }

  @Override
  Attention attention(ConfigJson json, Attention plain) {
    return windowed(json, plain).withBiases(true, false);
  }

  /** Windows from layer {@code max_window_layers} on, where they are switched on. */
  final Attention windowed(ConfigJson json, Attention plain) {
    int layers = plain.windows().size();
    int first = json.integer("max_window_layers", 28);
    int window = json.flag("use_sliding_window", false) ? json.integer("sliding_window", 4096) : 0;
    return plain.withWindows(json.windows(layers, window, layer -> layer >= first));
  }

  @Override
  int defaultPositions() {
    return 32_768;
  }
}

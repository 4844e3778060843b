package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;
import java.util.List;

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
  void describeOwn(ModelConfig config, ObjectNode json) {
    json.put("hidden_act", ConfigJson.name(config.feedForward().activation()));
    List<Integer> windows = config.attention().windows();
    int window = ConfigJson.describeWindows(windows, json);
    json.put("use_sliding_window", window > 0);
    json.put("sliding_window", window == 0 ? null : Integer.valueOf(window));
    json.put("max_window_layers", window == 0 ? config.layers() : windows.indexOf(window));
  }

  @Override
  int defaultPositions() {
    return 32_768;
  }

  @Override
  int defaultKvHeads(int heads) {
    return 32;
  }
}

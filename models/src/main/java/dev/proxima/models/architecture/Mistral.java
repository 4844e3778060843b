package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;

/** Mistral (Jiang et al. 2023): a Llama whose tokens may see a sliding window only. */
final class Mistral extends Llama {

  private static final String WINDOW = "sliding_window";

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
    int window = json.integer(WINDOW, json.absent(WINDOW) ? 4096 : 0);
    return plain.withWindows(json.windows(layers, window, layer -> true));
  }

  @Override
  void describeOwn(ModelConfig config, ObjectNode json) {
    int window = config.attention().windows().get(0);
    json.put("hidden_act", ConfigJson.name(config.feedForward().activation()));
    json.put(WINDOW, window == 0 ? null : Integer.valueOf(window));
  }

  @Override
  int defaultPositions() {
    return 4096 * 32;
  }

  @Override
  int defaultKvHeads(int heads) {
    return 8;
  }
}

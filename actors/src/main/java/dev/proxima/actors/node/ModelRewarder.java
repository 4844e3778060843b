package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.RewardModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Rewards by a reward model, all responses of a shard in one call. The model is loaded at the first
 * use, on the thread that uses it.
 */
public final class ModelRewarder implements Rewarder, AutoCloseable {

  /** Makes of a prompt and a response, both as text, what the model reads. */
  @FunctionalInterface
  public interface Encoder {

    /**
     * @return empty where that is no token
     */
    Optional<int[]> encode(String prompt, String response);
  }

  private final Function<ComputeDevice, RewardModel> loader;
  private final Encoder encoder;
  private RewardModel model;

  public ModelRewarder(Function<ComputeDevice, RewardModel> loader, Encoder encoder) {
    this.loader = loader;
    this.encoder = encoder;
  }

  @Override
  public synchronized double[][] rewards(
      List<PromptResponses> prompts, ComputeDevice device, Runnable progress) {
    List<int[]> sequences = new ArrayList<>();
    for (PromptResponses prompt : prompts) {
      for (Response response : prompt.responses()) {
        sequences.add(
            encoder
                .encode(prompt.prompt(), response.text())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "the reward model's tokenizer makes no token of a response to prompt "
                                + prompt.id())));
      }
    }
    if (model == null) {
      model = loader.apply(device);
    }
    double[] rewards = model.rewards(sequences, progress);
    double[][] byPrompt = new double[prompts.size()][];
    int next = 0;
    for (int p = 0; p < byPrompt.length; p++) {
      int responses = prompts.get(p).responses().size();
      byPrompt[p] = Arrays.copyOfRange(rewards, next, next + responses);
      next += responses;
    }
    return byPrompt;
  }

  @Override
  public synchronized void close() {
    if (model != null) {
      model.close();
      model = null;
    }
  }
}

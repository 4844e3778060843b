package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.models.ComputeDevice;
import java.util.List;

/** Rewards sampled responses; for use by one thread at a time. */
@FunctionalInterface
public interface Rewarder {

  /**
   * The reward of each response of each prompt, in order: [prompts][responses].
   *
   * @param device where a model is to compute, the same in every call
   * @param progress run now and then, on the calling thread; it may throw to end the work
   */
  double[][] rewards(List<PromptResponses> prompts, ComputeDevice device, Runnable progress);

  /** Rewards each response by itself. */
  static Rewarder of(RewardFunction reward) {
    return (prompts, device, progress) ->
        prompts.stream()
            .map(
                prompt ->
                    prompt.responses().stream()
                        .map(Response::text)
                        .mapToDouble(text -> reward.reward(prompt.prompt(), text))
                        .toArray())
            .toArray(double[][]::new);
  }
}

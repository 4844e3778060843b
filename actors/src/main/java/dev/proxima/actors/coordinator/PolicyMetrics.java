package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.preference.BradleyTerry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The metrics of a policy from its held-out lines and those of the fine-tuned model. */
final class PolicyMetrics {

  private static final String REWARD = "reward_mean";
  private static final String ACCURACY = "preference_accuracy";

  private PolicyMetrics() {}

  /** One estimate per metric over the prompts; both lists hold the same prompts in order. */
  static SortedMap<String, Estimate> of(
      List<PromptResponses> policy, List<PromptResponses> baseline) {
    return policy.get(0).preference() == null
        ? ofResponses(policy, baseline)
        : ofPairs(policy, baseline);
  }

  /** The one that tells whether a policy got better: expected reward or preference accuracy. */
  static double heldOutMeasure(SortedMap<String, Estimate> metrics) {
    return metrics.getOrDefault(REWARD, metrics.get(ACCURACY)).mean();
  }

  /**
   * Sampled responses: the expected reward; the expected probability under Bradley-Terry that a
   * response beats one of the fine-tuned model's; KL(pi || pi_sft) as the mean of log pi(y|x) - log
   * pi_sft(y|x) over the policy's own responses, in nats; the length in tokens.
   */
  private static SortedMap<String, Estimate> ofResponses(
      List<PromptResponses> policy, List<PromptResponses> baseline) {
    SortedMap<String, Estimate> metrics = new TreeMap<>();
    metrics.put(REWARD, over(policy, line -> mean(line, Response::reward)));
    metrics.put("kl_to_sft", over(policy, line -> mean(line, r -> r.logp() - r.referenceLogp())));
    metrics.put("response_length_mean", over(policy, line -> mean(line, r -> r.tokens().length)));
    metrics.put(
        "win_rate_vs_sft",
        Estimate.of(
            IntStream.range(0, policy.size())
                .mapToDouble(i -> winRate(policy.get(i), baseline.get(i)))
                .toArray()));
    return metrics;
  }

  /**
   * Given pairs: how often the preferred response is the more probable one, in all, per token, and
   * against the fine-tuned model (the implicit reward; a tie counts half), and the margin of that
   * log-ratio in nats.
   */
  private static SortedMap<String, Estimate> ofPairs(
      List<PromptResponses> policy, List<PromptResponses> baseline) {
    double[] margins =
        IntStream.range(0, policy.size())
            .mapToDouble(i -> margin(policy.get(i)) - margin(baseline.get(i)))
            .toArray();
    SortedMap<String, Estimate> metrics = new TreeMap<>();
    metrics.put(ACCURACY, over(policy, line -> sign(margin(line))));
    metrics.put(
        "preference_accuracy_per_token",
        over(policy, line -> sign(perToken(chosen(line)) - perToken(rejected(line)))));
    metrics.put(
        "implicit_reward_accuracy",
        Estimate.of(
            IntStream.range(0, margins.length).mapToDouble(i -> sign(margins[i])).toArray()));
    metrics.put("log_ratio_margin", Estimate.of(margins));
    metrics.put("logp_chosen", over(policy, line -> chosen(line).referenceLogp()));
    return metrics;
  }

  private static Estimate over(
      List<PromptResponses> lines, ToDoubleFunction<PromptResponses> metric) {
    return Estimate.of(lines.stream().mapToDouble(metric).toArray());
  }

  private static double mean(PromptResponses line, ToDoubleFunction<Response> value) {
    return line.responses().stream().mapToDouble(value).average().orElseThrow();
  }

  private static double winRate(PromptResponses policy, PromptResponses baseline) {
    return mean(
        policy,
        ours -> mean(baseline, theirs -> BradleyTerry.probability(ours.reward(), theirs.reward())));
  }

  private static Response chosen(PromptResponses line) {
    return line.responses().get(line.preference().chosen());
  }

  private static Response rejected(PromptResponses line) {
    return line.responses().get(line.preference().rejected());
  }

  private static double margin(PromptResponses line) {
    return chosen(line).referenceLogp() - rejected(line).referenceLogp();
  }

  private static double perToken(Response response) {
    return response.referenceLogp() / response.tokens().length;
  }

  private static double sign(double difference) {
    return difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
  }
}

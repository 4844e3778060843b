package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.algorithms.evaluation.Estimate;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Two prompts each; with two values the standard error is half their distance. */
class PolicyMetricsTest {

  @Test
  void ofSampledResponses() {
    List<PromptResponses> policy =
        List.of(
            sampled(response(2, -4, 2, -6), response(4, -1, 0, -2)),
            sampled(response(1, -3, 1, -3), response(1, -2, 1, -2)));
    List<PromptResponses> baseline =
        List.of(
            sampled(response(1, -1, 1, -1), response(1, -1, 1, -1)),
            sampled(response(1, -1, 1, -1), response(1, -1, 1 + Math.log(3), -1)));

    SortedMap<String, Estimate> metrics = PolicyMetrics.of(policy, baseline);

    assertThat(metrics)
        .containsOnlyKeys("reward_mean", "kl_to_sft", "response_length_mean", "win_rate_vs_sft");
    // (2 + 0) / 2 and (1 + 1) / 2
    assertEstimate(metrics.get("reward_mean"), 1, 0);
    // (2 + 1) / 2 and (0 + 0) / 2
    assertEstimate(metrics.get("kl_to_sft"), 0.75, 0.75);
    // (2 + 4) / 2 and (1 + 1) / 2
    assertEstimate(metrics.get("response_length_mean"), 2, 1);
    // (sigmoid(1) + sigmoid(-1)) / 2 = 1/2, and (1/2 + 1/4) / 2, since sigmoid(-log 3) = 1/4
    assertEstimate(metrics.get("win_rate_vs_sft"), 0.4375, 0.0625);
    assertThat(PolicyMetrics.heldOutMeasure(metrics)).isEqualTo(1);
  }

  @Test
  void ofGivenPairs() {
    // Log-probabilities and lengths: chosen -3 over 3 tokens, rejected -2 over 1; and -1 over 1,
    // -4 over 2.
    List<PromptResponses> policy =
        List.of(
            pair(response(3, 0, 0, -3), response(1, 0, 0, -2)),
            pair(response(1, 0, 0, -1), response(2, 0, 0, -4)));
    List<PromptResponses> baseline =
        List.of(
            pair(response(3, 0, 0, -5), response(1, 0, 0, -1)),
            pair(response(1, 0, 0, -2), response(2, 0, 0, -5)));

    SortedMap<String, Estimate> metrics = PolicyMetrics.of(policy, baseline);

    // margins -1 and 3
    assertEstimate(metrics.get("preference_accuracy"), 0.5, 0.5);
    // -1 against -2 per token, and -1 against -2
    assertEstimate(metrics.get("preference_accuracy_per_token"), 1, 0);
    // margins -1 - (-4) = 3 and 3 - 3 = 0: a win and a tie
    assertEstimate(metrics.get("implicit_reward_accuracy"), 0.75, 0.25);
    assertEstimate(metrics.get("log_ratio_margin"), 1.5, 1.5);
    assertEstimate(metrics.get("logp_chosen"), -2, 1);
    assertThat(PolicyMetrics.heldOutMeasure(metrics)).isEqualTo(0.5);
  }

  @Test
  void theFineTunedModelTiesWithItself() {
    List<PromptResponses> pairs = List.of(pair(response(1, 0, 0, -1), response(1, 0, 0, -2)));
    assertThat(PolicyMetrics.of(pairs, pairs))
        .containsEntry("implicit_reward_accuracy", new Estimate(0.5, 0, 1))
        .containsEntry("log_ratio_margin", new Estimate(0, 0, 1));
  }

  private static void assertEstimate(Estimate estimate, double mean, double standardError) {
    assertThat(estimate.count()).isEqualTo(2);
    assertThat(estimate.mean()).isCloseTo(mean, within(1e-12));
    assertThat(estimate.standardError()).isCloseTo(standardError, within(1e-12));
  }

  private static PromptResponses sampled(Response... responses) {
    return Runs.prompt(1).with(List.of(responses), null);
  }

  private static PromptResponses pair(Response chosen, Response rejected) {
    return Runs.prompt(1).with(List.of(rejected, chosen), new Preference(1, 0));
  }

  private static Response response(int tokens, double logp, double reward, double referenceLogp) {
    return new Response("", new int[tokens], logp, reward, referenceLogp);
  }
}

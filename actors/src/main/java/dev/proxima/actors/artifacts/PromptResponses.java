package dev.proxima.actors.artifacts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A prompt and what is known of its responses so far: the line of every JSONL artefact. A prompt
 * set has no responses yet, fine-tuning data one each; sampling adds responses, labelling rewards
 * and the preference, scoring the reference's log-probabilities.
 *
 * @param id the prompt's number in the experiment; random draws are addressed by it
 * @param prompt the prompt as text
 * @param promptTokens the prompt as the model reads it, chat format included
 * @param responses its responses
 * @param preference which of them was preferred, or null where nothing is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptResponses(
    int id, String prompt, int[] promptTokens, List<Response> responses, Preference preference) {

  /**
   * One response.
   *
   * @param text the response as text
   * @param tokens its token ids, end-of-text token included
   * @param logp log pi(y|x) under the policy that sampled it, in nats, or null
   * @param reward its reward, or null
   * @param referenceLogp log pi_ref(y|x), in nats, or null
   * @param referenceTokenLogps its summand of each token, or null where no objective needs them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Response(
      String text,
      int[] tokens,
      Double logp,
      Double reward,
      Double referenceLogp,
      double[] referenceTokenLogps) {

    /** A response whose tokens' reference log-probabilities are not kept. */
    public Response(String text, int[] tokens, Double logp, Double reward, Double referenceLogp) {
      this(text, tokens, logp, reward, referenceLogp, null);
    }

    public Response withReward(double reward) {
      return new Response(text, tokens, logp, reward, referenceLogp, referenceTokenLogps);
    }

    public Response withReferenceLogp(double referenceLogp) {
      return new Response(text, tokens, logp, reward, referenceLogp, referenceTokenLogps);
    }

    public Response withReferenceTokenLogps(double[] referenceTokenLogps) {
      return new Response(text, tokens, logp, reward, referenceLogp, referenceTokenLogps);
    }
  }

  /** Indices into {@code responses}. */
  public record Preference(int chosen, int rejected) {}

  /** A prompt without responses. */
  public static PromptResponses ofPrompt(int id, String prompt, int[] promptTokens) {
    return new PromptResponses(id, prompt, promptTokens, List.of(), null);
  }

  /** Whether every response has a reward. */
  @JsonIgnore
  public boolean isRewarded() {
    return responses.stream().allMatch(response -> response.reward() != null);
  }

  public PromptResponses with(List<Response> responses, Preference preference) {
    return new PromptResponses(id, prompt, promptTokens, responses, preference);
  }
}

package dev.proxima.experiments.data;

import dev.proxima.experiments.UserError;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.tokenizer.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A prompt with one response or with a pair, as a line has them: {@code prompt} and {@code
 * completion}, or {@code prompt}, {@code chosen} and {@code rejected}.
 *
 * @param conversational whether they are turns of a conversation; else they are texts, and the
 *     prompt is one message that holds its text
 * @param prompt at least one message
 * @param responses by field: {@code completion}, or {@code chosen} and {@code rejected}
 */
public record PromptedResponses(
    boolean conversational, List<Message> prompt, Map<String, String> responses) {

  public static final String CHOSEN = "chosen";
  public static final String REJECTED = "rejected";
  public static final String COMPLETION = "completion";

  private static final String PROMPT = "prompt";

  /** What strings stand for; a line with a list of messages is a conversation in any case. */
  public enum Strings {
    /** Texts, as for TRL. */
    TEXT,
    /** A user's message, and the assistant's answers to it. */
    CHAT
  }

  /**
   * Reads a line; further fields are ignored. Where responses are whole conversations they must
   * differ in their last turn only, and what comes before it is the prompt.
   *
   * @throws UserError with file and line for a missing field, a field of another type, and
   *     conversations without a common prompt
   */
  public static PromptedResponses read(JsonLine line, Strings strings) {
    List<String> fields = line.has(CHOSEN) ? List.of(CHOSEN, REJECTED) : List.of(COMPLETION);
    if (!line.has(fields.get(0))) {
      throw line.error("needs 'prompt' with 'chosen' and 'rejected', or with 'completion'");
    }
    boolean messages = Stream.concat(Stream.of(PROMPT), fields.stream()).anyMatch(line::holdsList);
    return messages || strings == Strings.CHAT ? conversation(line, fields) : text(line, fields);
  }

  /** The prompt and one of the responses as tokens; see {@link ResponseEncoder}. */
  public Optional<TokenSequence> encoded(ResponseEncoder encoder, String response) {
    return conversational
        ? encoder.conversation(prompt, response)
        : encoder.text(prompt.get(0).content(), response);
  }

  /** Likewise as what a reward model reads; see {@link RewardEncoder}. */
  public Optional<int[]> rewarded(RewardEncoder encoder, String response) {
    return conversational
        ? encoder.conversation(prompt, response)
        : encoder.text(prompt.get(0).content(), response);
  }

  private static PromptedResponses text(JsonLine line, List<String> fields) {
    Map<String, String> responses = new LinkedHashMap<>();
    fields.forEach(field -> responses.put(field, line.text(field)));
    return new PromptedResponses(false, List.of(new Message("user", line.text(PROMPT))), responses);
  }

  private static PromptedResponses conversation(JsonLine line, List<String> fields) {
    List<Reply> replies = new ArrayList<>();
    Map<String, String> responses = new LinkedHashMap<>();
    for (String field : fields) {
      Reply reply = Reply.read(line, field);
      replies.add(reply);
      responses.put(field, reply.text());
    }
    Reply first = replies.get(0);
    if (replies.stream().anyMatch(reply -> !reply.context().equals(first.context()))) {
      throw line.error("'chosen' and 'rejected' must differ in their last message only");
    }
    return new PromptedResponses(true, first.prompt(line).messages(), responses);
  }
}

package dev.proxima.experiments.data;

import dev.proxima.models.tokenizer.Message;
import java.util.List;

/**
 * A response field: the assistant's last turn.
 *
 * @param context the turns before it where the field is a whole conversation, else empty
 */
record Reply(List<Message> context, String text) {

  static Reply read(JsonLine line, String field) {
    List<Message> messages = line.messages(field, "assistant");
    int last = messages.size() - 1;
    if (!messages.get(last).role().equals("assistant")) {
      throw line.error(
          "the last message of '"
              + field
              + "' must be the assistant's, not of role '"
              + messages.get(last).role()
              + "'");
    }
    return new Reply(List.copyOf(messages.subList(0, last)), messages.get(last).content());
  }

  /** What this reply answers: the line's prompt, or the turns before the reply. */
  Conversation prompt(JsonLine line) {
    if (context.isEmpty()) {
      return Prompts.prompt(line);
    }
    if (line.has("prompt") && !endsWith(context, Prompts.prompt(line).messages())) {
      throw line.error("the conversation before the reply does not end with 'prompt'");
    }
    return Prompts.conversation(line, context);
  }

  private static boolean endsWith(List<Message> messages, List<Message> end) {
    int start = messages.size() - end.size();
    return start >= 0 && messages.subList(start, messages.size()).equals(end);
  }
}

package dev.proxima.experiments.data;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.proxima.models.tokenizer.Message;
import java.util.List;

/**
 * What a response answers: the turns before it, at least one. In JSON a single user turn is the
 * plain string of its content, anything longer a list of messages.
 */
public record Conversation(List<Message> messages) {

  public Conversation {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a conversation needs at least one message");
    }
  }

  /** The conversation that a plain-text prompt stands for. */
  public static Conversation ofUser(String prompt) {
    return new Conversation(List.of(new Message("user", prompt)));
  }

  /** The content of the last turn: the text that a reward function sees as the prompt. */
  public String text() {
    return messages.get(messages.size() - 1).content();
  }

  @JsonValue
  Object json() {
    boolean plain = messages.size() == 1 && messages.get(0).role().equals("user");
    return plain ? messages.get(0).content() : messages;
  }
}

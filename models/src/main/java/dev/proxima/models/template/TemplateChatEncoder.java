package dev.proxima.models.template;

import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A conversation rendered by a model's own chat template and then tokenised, as transformers and
 * TRL do. A special token spelt out in a message becomes that token.
 */
public final class TemplateChatEncoder implements ChatEncoder {

  private final ChatTemplate template;
  private final Tokenizer tokenizer;

  public TemplateChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
  }

  @Override
  public int[] prompt(List<Message> conversation) {
    return tokens(conversation, true);
  }

  @Override
  public int[] conversation(List<Message> messages) {
    return tokens(messages, false);
  }

  /**
   * What follows the prompt's tokens in those of the conversation with the response, as TRL's
   * {@code DPOTrainer} cuts it.
   *
   * @throws IllegalArgumentException where the tokens of both do not begin with the prompt's, so
   *     that there is no such cut
   */
  @Override
  public int[] response(List<Message> conversation, String content) {
    int[] prompt = prompt(conversation);
    List<Message> answered = new ArrayList<>(conversation);
    answered.add(new Message("assistant", content));
    int[] whole = tokens(answered, false);
    if (Arrays.mismatch(prompt, whole) != prompt.length) {
      throw new IllegalArgumentException(
          "by this chat template the prompt's tokens are not the beginning of the answered"
              + " conversation's");
    }
    return Arrays.copyOfRange(whole, prompt.length, whole.length);
  }

  private int[] tokens(List<Message> conversation, boolean addGenerationPrompt) {
    if (conversation.isEmpty()) {
      throw new IllegalArgumentException("a conversation needs at least one message");
    }
    return tokenizer.encodeMarkup(template.render(conversation, addGenerationPrompt), false);
  }
}

package dev.proxima.models.tokenizer;

import java.util.List;

/** Conversations as tokens, in the format that a model was or is to be trained on. */
public interface ChatEncoder {

  /** The tokens that ask for the next response in a conversation of at least one message. */
  int[] prompt(List<Message> conversation);

  /** The tokens of a whole conversation of at least one message, which asks for no response. */
  int[] conversation(List<Message> messages);

  /**
   * The tokens of a response to a conversation, as they follow those of {@link #prompt}, the token
   * that ends it included.
   */
  int[] response(List<Message> conversation, String content);
}

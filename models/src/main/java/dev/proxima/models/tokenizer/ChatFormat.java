package dev.proxima.models.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a conversation becomes tokens for the models that Proxima makes. Each message is its role's
 * token, a line feed, the content and a line feed; after the last one the assistant's token and a
 * line feed ask for the response, which is its content and the end-of-text token. The tokens are
 * put together from ids, so no content can forge a role.
 */
public final class ChatFormat implements ChatEncoder {

  /** Ends a response; also the beginning-of-sequence token. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  public static final String PAD = "<|pad|>";

  /** All special tokens of the format, in the order in which a new tokenizer numbers them. */
  public static final List<String> SPECIAL_TOKENS =
      List.of(END_OF_TEXT, PAD, roleToken("system"), roleToken("user"), roleToken("assistant"));

  /** The format as a Jinja template for Hugging Face's {@code apply_chat_template}. */
  public static final String TEMPLATE =
      "{% for message in messages %}"
          + "{% if message['role'] not in ['system', 'user', 'assistant'] %}"
          + "{{ raise_exception('unknown role ' + message['role']) }}"
          + "{% endif %}"
          + "{{ '<|' + message['role'] + '|>\\n' + message['content'] + '\\n' }}"
          + "{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

  private final Tokenizer tokenizer;
  private final Map<String, Integer> roleIds;
  private final int endOfText;

  /**
   * @throws IllegalArgumentException where the tokenizer lacks one of the special tokens
   */
  public ChatFormat(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.roleIds =
        Message.ROLES.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(), role -> tokenizer.tokenId(roleToken(role))));
    this.endOfText = tokenizer.tokenId(END_OF_TEXT);
  }

  /** The tokens that ask for a response to one user message. */
  public int[] prompt(String userMessage) {
    return prompt(List.of(new Message("user", userMessage)));
  }

  @Override
  public int[] prompt(List<Message> conversation) {
    IntStream.Builder tokens = messages(conversation);
    append(tokens, "assistant", "\n");
    return tokens.build().toArray();
  }

  /** As {@link #TEMPLATE} renders it: without an end-of-text token. */
  @Override
  public int[] conversation(List<Message> messages) {
    return messages(messages).build().toArray();
  }

  /** The tokens of a response, the end-of-text token included. */
  public int[] response(String content) {
    return IntStream.concat(IntStream.of(tokenizer.encode(content)), IntStream.of(endOfText))
        .toArray();
  }

  @Override
  public int[] response(List<Message> conversation, String content) {
    return response(content);
  }

  private IntStream.Builder messages(List<Message> messages) {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a conversation needs at least one message");
    }
    IntStream.Builder tokens = IntStream.builder();
    for (Message message : messages) {
      append(tokens, message.role(), "\n" + message.content() + "\n");
    }
    return tokens;
  }

  private void append(IntStream.Builder tokens, String role, String text) {
    tokens.add(roleIds.get(role));
    for (int token : tokenizer.encode(text)) {
      tokens.add(token);
    }
  }

  private static String roleToken(String role) {
    return "<|" + role + "|>";
  }
}

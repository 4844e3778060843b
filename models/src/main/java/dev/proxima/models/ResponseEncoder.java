package dev.proxima.models;

import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Prompts with their responses as a model's tokens, joined and cut as TRL's {@code DPOTrainer}
 * (1.13) does: text is tokenised with what the tokenizer puts around it, a conversation by the
 * model's chat template.
 */
public final class ResponseEncoder {

  /** Which end of a sequence that is too long is kept. */
  public enum Truncation {
    KEEP_START,
    KEEP_END
  }

  /** How the tokens of a text and its response are found. */
  public enum Joining {
    /** The response's are those of both texts in one, less as many as the prompt alone has. */
    TEXT,
    /** Each text has its own. */
    TOKENS
  }

  /**
   * The choices.
   *
   * @param maxLength most tokens of prompt and response together, at least 2
   * @param joining for text, not for conversations
   * @param specialTokens whether text gets what the tokenizer puts around it, such as a
   *     beginning-of-sequence token
   * @param endToken whether text that responds gets the end-of-sequence token, where it does not
   *     end with it
   */
  public record Options(
      int maxLength,
      Truncation truncation,
      Joining joining,
      boolean specialTokens,
      boolean endToken) {

    /** TRL's, with its {@code max_length}. */
    public static final Options DEFAULT =
        new Options(1024, Truncation.KEEP_START, Joining.TEXT, true, true);

    public Options {
      if (maxLength < 2) {
        throw new IllegalArgumentException(
            "the longest sequence must have at least 2 tokens, not " + maxLength);
      }
    }

    /** These, for a model that reads {@code length} tokens. */
    public Options atMost(int length) {
      return new Options(Math.min(maxLength, length), truncation, joining, specialTokens, endToken);
    }
  }

  private final ModelFolder folder;
  private final Tokenizer tokenizer;
  private final Options options;
  private final Optional<String> endOfSequence;
  private ChatEncoder chat;

  /**
   * @param tokenizer the folder's
   * @throws IllegalArgumentException where the folder names no end-of-sequence token and text is to
   *     get it
   */
  public ResponseEncoder(ModelFolder folder, Tokenizer tokenizer, Options options) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.options = options;
    this.endOfSequence =
        options.endToken() ? Optional.of(folder.endOfSequence()) : Optional.empty();
  }

  /**
   * A text and the text that goes on from it.
   *
   * @return empty where no token of the response is left to predict from one before it
   */
  public Optional<TokenSequence> text(String prompt, String response) {
    String end = endOfSequence.filter(token -> !response.endsWith(token)).orElse("");
    int[] head = tokenizer.encodeMarkup(prompt, options.specialTokens());
    if (options.joining() == Joining.TOKENS) {
      return cut(head, tokenizer.encodeMarkup(response + end, false));
    }
    int[] whole = tokenizer.encodeMarkup(prompt + response + end, options.specialTokens());
    int prompted = Math.min(head.length, whole.length);
    return cut(head, Arrays.copyOfRange(whole, prompted, whole.length));
  }

  /**
   * A conversation and the assistant's next message.
   *
   * @return as for text
   * @throws IllegalArgumentException where the folder has no chat template, or by its template the
   *     prompt's tokens are not the beginning of the answered conversation's
   */
  public Optional<TokenSequence> conversation(List<Message> prompt, String response) {
    if (chat == null) {
      chat = folder.chatEncoder(tokenizer);
    }
    return cut(chat.prompt(prompt), chat.response(prompt, response));
  }

  private Optional<TokenSequence> cut(int[] prompt, int[] response) {
    int length = prompt.length + response.length;
    int[] tokens = Arrays.copyOf(prompt, length);
    System.arraycopy(response, 0, tokens, prompt.length, response.length);
    int excess = Math.max(0, length - options.maxLength());
    int begin = options.truncation() == Truncation.KEEP_END ? excess : 0;
    int[] kept = Arrays.copyOfRange(tokens, begin, begin + length - excess);
    // Nothing predicts the first token of all, whichever it is.
    int prompted = Math.max(1, prompt.length - begin);
    return prompted < kept.length
        ? Optional.of(new TokenSequence(kept, prompted))
        : Optional.empty();
  }
}

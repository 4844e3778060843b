package dev.proxima.models;

import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Prompts with their responses as what a reward model reads, as TRL's {@code RewardTrainer} (1.13)
 * does it: text is tokenised in one with what the tokenizer puts around it, a conversation by the
 * model's chat template.
 *
 * <p>transformers reads the reward at the last token that is not padding. So padding at the end is
 * left out here, and where the end-of-sequence token also pads, as often in GPT-2, the reward is
 * that of the token before it.
 */
public final class RewardEncoder {

  /** What becomes of a sequence that is too long. */
  public enum Overlong {
    /** There is none, as when TRL trains. */
    LEAVE_OUT,
    /** Its last tokens are kept. */
    KEEP_END
  }

  /**
   * The choices.
   *
   * @param maxLength most tokens of prompt and response together, at least 1
   * @param specialTokens whether text gets what the tokenizer puts around it
   * @param endToken whether text gets the end-of-sequence token, where it does not end with it
   */
  public record Options(int maxLength, Overlong overlong, boolean specialTokens, boolean endToken) {

    public Options {
      if (maxLength < 1) {
        throw new IllegalArgumentException(
            "the longest sequence must have at least 1 token, not " + maxLength);
      }
    }
  }

  private final ModelFolder folder;
  private final Tokenizer tokenizer;
  private final Options options;
  private final OptionalInt padding;
  private final Optional<String> endOfSequence;
  private ChatEncoder chat;

  /**
   * @param tokenizer the folder's
   * @param padding what is padding at the end of a sequence
   * @throws IllegalArgumentException where the folder names no end-of-sequence token and text is to
   *     get it
   */
  public RewardEncoder(
      ModelFolder folder, Tokenizer tokenizer, Options options, OptionalInt padding) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.options = options;
    this.padding = padding;
    this.endOfSequence =
        options.endToken() ? Optional.of(folder.endOfSequence()) : Optional.empty();
  }

  /**
   * A text and the text that goes on from it.
   *
   * @return at least one token; empty where it is too long, or there is none
   */
  public Optional<int[]> text(String prompt, String response) {
    String end = endOfSequence.filter(token -> !response.endsWith(token)).orElse("");
    return cut(tokenizer.encodeMarkup(prompt + response + end, options.specialTokens()));
  }

  /**
   * A conversation and the assistant's answer.
   *
   * @return as for text
   * @throws IllegalArgumentException where the folder has no chat template
   */
  public Optional<int[]> conversation(List<Message> prompt, String response) {
    if (chat == null) {
      chat = folder.chatEncoder(tokenizer);
    }
    List<Message> answered = new ArrayList<>(prompt);
    answered.add(new Message("assistant", response));
    return cut(chat.conversation(answered));
  }

  private Optional<int[]> cut(int[] tokens) {
    int excess = Math.max(0, tokens.length - options.maxLength());
    if (tokens.length == 0 || (excess > 0 && options.overlong() == Overlong.LEAVE_OUT)) {
      return Optional.empty();
    }
    int end = tokens.length;
    // Where all is padding, transformers reads the first token.
    while (padding.isPresent() && end > 1 && tokens[end - 1] == padding.getAsInt()) {
      end--;
    }
    return Optional.of(Arrays.copyOfRange(tokens, Math.min(excess, end - 1), end));
  }
}

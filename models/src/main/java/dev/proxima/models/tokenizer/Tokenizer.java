package dev.proxima.models.tokenizer;

/**
 * Text to token ids and back. Safe for use by several threads.
 *
 * <p>Text is literal unless it is called markup: a special token spelt out in it, such as {@code
 * <|assistant|>} in what a user wrote, is encoded as ordinary characters. Only {@link #tokenId}
 * gives special tokens, so no text can forge the end of a message or the start of another.
 */
public interface Tokenizer extends AutoCloseable {

  /**
   * The ids of {@code text}, with nothing added before or after it. A surrogate without its partner
   * is no character and is encoded as a question mark.
   */
  int[] encode(String text);

  /**
   * The ids of text in which special tokens are spelt out and meant, such as a rendered chat
   * template: what Hugging Face's tokenizer makes of it. Never for text from outside alone.
   *
   * @param addSpecialTokens whether what the tokenizer puts around a text, such as a
   *     beginning-of-sequence token, is added
   */
  int[] encodeMarkup(String text, boolean addSpecialTokens);

  /** The text of {@code tokens} without special tokens; bytes that are not UTF-8 give U+FFFD. */
  String decode(int[] tokens);

  /**
   * The id of a special token.
   *
   * @throws IllegalArgumentException where the tokenizer has no such special token
   */
  int tokenId(String specialToken);

  /** The number of ids, which run from 0 to {@code vocabSize() - 1}. */
  int vocabSize();

  /** Frees the native memory. */
  @Override
  void close();
}

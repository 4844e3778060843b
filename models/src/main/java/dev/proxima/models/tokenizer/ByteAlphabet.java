package dev.proxima.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The byte-level half of GPT-2's tokenizer (Radford et al. 2019, "Language Models are Unsupervised
 * Multitask Learners", section 2.2 and its published {@code encoder.py}): every byte has a
 * printable character, and text is split so that no token spans a word boundary.
 */
final class ByteAlphabet {

  static final int SIZE = 256;

  private static final Pattern PIECES =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final char[] CHARACTERS = characters();

  private static final int[] RANKS = ranks();

  private ByteAlphabet() {}

  /** Splits text into the pieces within which tokens are formed. */
  static List<String> pieces(String text) {
    return PIECES.matcher(text).results().map(match -> match.group()).toList();
  }

  /** The 256 characters in code-point order, as strings. */
  static List<String> letters() {
    return new String(CHARACTERS).chars().sorted().mapToObj(Character::toString).toList();
  }

  /** The bytes of a piece in UTF-8, each as its character's index into {@link #letters}. */
  static int[] ranks(String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length).map(i -> RANKS[bytes[i] & 0xFF]).toArray();
  }

  /** Printable Latin-1 bytes stand for themselves; the others follow from U+0100, in order. */
  private static char[] characters() {
    char[] characters = new char[SIZE];
    char next = SIZE;
    for (int value = 0; value < SIZE; value++) {
      boolean printable =
          value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
      characters[value] = printable ? (char) value : next++;
    }
    return characters;
  }

  private static int[] ranks() {
    List<String> letters = letters();
    return IntStream.range(0, SIZE)
        .map(value -> letters.indexOf(Character.toString(CHARACTERS[value])))
        .toArray();
  }
}

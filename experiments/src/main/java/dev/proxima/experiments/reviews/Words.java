package dev.proxima.experiments.reviews;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Splits text into words. */
final class Words {

  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{N}]+(?:'\\p{L}+)?|[^\\s\\p{IsPunctuation}]");

  private Words() {}

  /** The words of {@code text} in lower case, without punctuation; any other symbol is a word. */
  static List<String> of(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
  }
}

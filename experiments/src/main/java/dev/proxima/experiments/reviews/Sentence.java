package dev.proxima.experiments.reviews;

import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A sentence of a review.
 *
 * @param clauses the words of its parts, split at "but" and semicolons; together at least one word
 * @param ended whether it ends with a full stop, a question mark or an exclamation mark
 */
record Sentence(List<List<String>> clauses, boolean ended) {

  private static final Pattern SENTENCE = Pattern.compile("[^.!?\\n]+[.!?]*");
  private static final Pattern CLAUSE_END = Pattern.compile(";|\\bbut\\b");
  private static final Pattern ENDED = Pattern.compile(".*[.!?]", Pattern.DOTALL);

  /** The sentences of a text, those without any word left out. */
  static List<Sentence> split(String text) {
    return SENTENCE
        .matcher(text)
        .results()
        .map(match -> of(match.group()))
        .filter(sentence -> !sentence.clauses().isEmpty())
        .toList();
  }

  /** All its words but the "but"s. */
  List<String> words() {
    return clauses.stream().flatMap(List::stream).toList();
  }

  /** Whether it is broken off, or without a verb, or too short to say anything. */
  boolean isFragment() {
    List<String> words = words();
    return !ended || words.size() < 3 || Collections.disjoint(words, Lexicon.VERBS);
  }

  boolean isOffSubject() {
    return !Collections.disjoint(words(), Lexicon.OFF_SUBJECT);
  }

  private static Sentence of(String text) {
    Stream<List<String>> clauses = CLAUSE_END.splitAsStream(text).map(Words::of);
    return new Sentence(
        clauses.filter(clause -> !clause.isEmpty()).toList(), ENDED.matcher(text).matches());
  }
}

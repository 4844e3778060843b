package dev.proxima.experiments.reviews;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A weighted context-free grammar of text. A template is text with slots such as {@code {how}}; a
 * slot stands for a symbol of the grammar or for a word bound by the caller.
 *
 * @param rules the alternatives of each symbol
 */
record Grammar(Map<String, List<Alternative>> rules) {

  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");
  private static final Pattern LINE = Pattern.compile("\\s+(?:(\\d+)\\s+)?(\\S.*)");

  record Alternative(int weight, String template) {}

  /** Reads a resource beside this class; its comments describe the format. */
  static Grammar load(String resource) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Grammar.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
      return parse(reader.lines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Grammar parse(Stream<String> lines) {
    Map<String, List<Alternative>> rules = new LinkedHashMap<>();
    List<Alternative> current = new ArrayList<>();
    for (String line : (Iterable<String>) lines::iterator) {
      Matcher alternative = LINE.matcher(line);
      if (alternative.matches()) {
        int weight = alternative.group(1) == null ? 1 : Integer.parseInt(alternative.group(1));
        current.add(new Alternative(weight, alternative.group(2)));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        current = new ArrayList<>();
        rules.put(line.strip(), current);
      }
    }
    return new Grammar(rules);
  }

  /** This grammar with one more symbol, that stands for any of {@code words} with equal chance. */
  Grammar with(String symbol, Iterable<String> words) {
    Map<String, List<Alternative>> extended = new LinkedHashMap<>(rules);
    List<Alternative> alternatives = new ArrayList<>();
    words.forEach(word -> alternatives.add(new Alternative(1, word)));
    extended.put(symbol, alternatives);
    return new Grammar(extended);
  }

  /** Draws a text of {@code symbol}, with a capital first letter. */
  String expand(String symbol, Map<String, String> bindings, Draws draws) {
    String text = fill("{" + symbol + "}", bindings, draws);
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** All text of the grammar outside slots. */
  Stream<String> literals() {
    return rules.values().stream()
        .flatMap(List::stream)
        .map(alternative -> SLOT.matcher(alternative.template()).replaceAll(" "));
  }

  private String fill(String template, Map<String, String> bindings, Draws draws) {
    return replaceSlots(
        template,
        slot ->
            bindings.containsKey(slot)
                ? bindings.get(slot)
                : fill(alternative(slot, draws), bindings, draws));
  }

  private String alternative(String symbol, Draws draws) {
    List<Alternative> alternatives = rules.get(symbol);
    if (alternatives == null) {
      throw new IllegalStateException("the grammar has no symbol '" + symbol + "'");
    }
    int left = draws.below(alternatives.stream().mapToInt(Alternative::weight).sum());
    int i = 0;
    while (left >= alternatives.get(i).weight()) {
      left -= alternatives.get(i).weight();
      i++;
    }
    return alternatives.get(i).template();
  }

  private static String replaceSlots(String template, UnaryOperator<String> replacement) {
    return SLOT.matcher(template)
        .replaceAll(
            (MatchResult slot) -> Matcher.quoteReplacement(replacement.apply(slot.group(1))));
  }
}

package dev.proxima.experiments.reviews;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.reviews.Catalogue.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes requests for product reviews and reviews that answer them: natural sentences of a few
 * hundred words of vocabulary, from the grammar in {@code reviews.grammar}. The reviews are fluent
 * and mediocre on purpose: their sentiment is random, more than half of their opinions are about
 * another aspect than the one asked for, and they ramble, so that alignment has much to gain. A
 * text depends on its arguments only.
 */
public final class ReviewGrammar {

  static final Grammar GRAMMAR =
      Grammar.load("reviews.grammar")
          .with("strong", Lexicon.STRONG.keySet())
          .with("mild", Lexicon.MILD.keySet())
          .with("booster", Lexicon.BOOSTERS.keySet())
          .with("degree", Lexicon.DEGREES.keySet())
          .with("attitude", Lexicon.ATTITUDES.keySet())
          .with("feeling", Lexicon.FEELINGS.keySet())
          .with("manner", Lexicon.MANNERS.keySet());

  private static final Set<String> VOCABULARY =
      Stream.concat(GRAMMAR.literals(), Catalogue.literals())
          .flatMap(text -> Words.of(text).stream())
          .collect(Collectors.toCollection(TreeSet::new));

  /** Sentences of a response; a length that stands here twice is twice as likely. */
  private static final List<Integer> SENTENCES =
      List.of(1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 5);

  /** Chance that a sentence is about the aspect that the prompt asks for. */
  private static final double ON_ASPECT = 0.45;

  private ReviewGrammar() {}

  /** Something to ask about: one aspect of one product. */
  record Subject(String brand, Kind kind, String aspect) {}

  /** Every subject, in a fixed order. */
  static List<Subject> subjects() {
    List<Subject> subjects = new ArrayList<>();
    for (String brand : Catalogue.BRANDS) {
      for (Kind kind : Catalogue.KINDS) {
        for (String aspect : kind.aspects()) {
          subjects.add(new Subject(brand, kind, aspect));
        }
      }
    }
    return subjects;
  }

  /** Draws a request about any product and aspect. */
  public static ReviewPrompt prompt(RandomStream random) {
    Draws draws = new Draws(random);
    Kind kind = draws.pick(Catalogue.KINDS);
    return prompt(
        new Subject(draws.pick(Catalogue.BRANDS), kind, draws.pick(kind.aspects())), draws);
  }

  static ReviewPrompt prompt(Subject subject, Draws draws) {
    Map<String, String> names =
        Map.of("brand", subject.brand(), "kind", subject.kind().name(), "aspect", subject.aspect());
    return new ReviewPrompt(
        subject.brand(),
        subject.kind().name(),
        subject.aspect(),
        GRAMMAR.expand("prompt", names, draws));
  }

  /** Draws a review of 1 to 5 different sentences. */
  public static String response(ReviewPrompt prompt, RandomStream random) {
    Draws draws = new Draws(random);
    Kind kind = kind(prompt.kind());
    int length = draws.pick(SENTENCES);
    List<String> sentences = new ArrayList<>(length);
    while (sentences.size() < length) {
      String sentence = sentence(kind, prompt.aspect(), draws);
      if (!sentences.contains(sentence)) {
        sentences.add(sentence);
      }
    }
    return String.join(" ", sentences);
  }

  /** Every word that the grammar can write, in lower case. */
  public static Set<String> vocabulary() {
    return Collections.unmodifiableSet(VOCABULARY);
  }

  private static String sentence(Kind kind, String aspect, Draws draws) {
    String topic = draws.uniform() < ON_ASPECT ? aspect : otherThan(aspect, kind, draws);
    String other = otherThan(topic, kind, draws);
    return GRAMMAR.expand(
        "sentence", Map.of("kind", kind.name(), "topic", topic, "other", other), draws);
  }

  private static String otherThan(String aspect, Kind kind, Draws draws) {
    return draws.pick(kind.aspects().stream().filter(name -> !name.equals(aspect)).toList());
  }

  private static Kind kind(String name) {
    return Catalogue.KINDS.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of product is a '" + name + "'"));
  }
}

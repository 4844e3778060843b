package dev.proxima.experiments.reviews;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The words that the grammar writes opinions with and that the reward reads them by. A valence is
 * in [-3, 3], from loathing to delight.
 */
final class Lexicon {

  /** Adjectives that take a {@link #BOOSTERS booster}. */
  static final Map<String, Double> STRONG =
      words(
          "superb 3, outstanding 3, perfect 3, excellent 2.5, wonderful 2.5, fantastic 2.5,"
              + " dreadful -3, hopeless -3, horrible -3, terrible -2.5, awful -2.5, appalling -2.5");

  /** Adjectives that take a {@link #DEGREES degree} or a negation. */
  static final Map<String, Double> MILD =
      words(
          "great 2, impressive 2, lovely 2, good 1.5, pleasing 1.5, nice 1, decent 0.5, fine 0.5,"
              + " mediocre -0.5, lacking -1, unimpressive -1, underwhelming -1, poor -1.5, bad -1.5,"
              + " annoying -2, disappointing -2");

  /** Verbs, as in "I love the battery". */
  static final Map<String, Double> ATTITUDES =
      words(
          "adore 3, love 2.5, enjoy 1.5, like 1, mistrust -1, dislike -1.5, hate -2.5, detest -3");

  /** Adjectives of the reviewer, as in "I am pleased with the battery". */
  static final Map<String, Double> FEELINGS =
      words(
          "thrilled 3, delighted 2.5, happy 1.5, pleased 1.5, unhappy -1.5, annoyed -1.5,"
              + " frustrated -2, disgusted -3");

  /** Adverbs, as in "The battery is well made". */
  static final Map<String, Double> MANNERS =
      words("beautifully 2.5, nicely 1.5, well 1.5, carelessly -1.5, badly -2, horribly -2.5");

  /** Factors on the opinion word that follows. */
  static final Map<String, Double> BOOSTERS = words("absolutely 1.3, truly 1.2, simply 1.2");

  /** Factors on the opinion word that follows. */
  static final Map<String, Double> DEGREES =
      words("very 1.25, really 1.25, quite 0.8, rather 0.7, fairly 0.7");

  static final Map<String, Double> VALENCES = union(STRONG, MILD, ATTITUDES, FEELINGS, MANNERS);

  static final Map<String, Double> INTENSITIES = union(BOOSTERS, DEGREES);

  static final Set<String> NEGATIONS = Set.of("not", "never", "no", "nothing", "hardly");

  /** Without one of these a line of words is no sentence. */
  static final Set<String> VERBS =
      Set.of(
          "is",
          "are",
          "am",
          "was",
          "seems",
          "looks",
          "made",
          "bought",
          "use",
          "came",
          "have",
          "adore",
          "love",
          "enjoy",
          "like",
          "mistrust",
          "dislike",
          "hate",
          "detest",
          "think",
          "missed",
          "cooked",
          "planted",
          "went",
          "lost",
          "told",
          "talked",
          "remembered",
          "slept",
          "sang",
          "forgot");

  /** Words of no product; a sentence with one of them is off the subject. */
  static final Set<String> OFF_SUBJECT =
      Set.of(
          "cousin",
          "neighbour",
          "aunt",
          "uncle",
          "sister",
          "friend",
          "bus",
          "soup",
          "dinner",
          "roses",
          "garden",
          "beach",
          "hat",
          "train",
          "story",
          "talked",
          "nobody",
          "dog",
          "children",
          "songs",
          "forgot",
          "sunny",
          "windy",
          "raining");

  private Lexicon() {}

  private static Map<String, Double> words(String list) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String entry : list.split(", ")) {
      String[] parts = entry.split(" ");
      values.put(parts[0], Double.parseDouble(parts[1]));
    }
    return Collections.unmodifiableMap(values);
  }

  @SafeVarargs
  private static Map<String, Double> union(Map<String, Double>... maps) {
    Map<String, Double> all = new LinkedHashMap<>();
    for (Map<String, Double> map : maps) {
      all.putAll(map);
    }
    return Collections.unmodifiableMap(all);
  }
}

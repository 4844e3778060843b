package dev.proxima.experiments.reviews;

import dev.proxima.algorithms.preference.RewardFunction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The latent reward r*(x, y) of the review task: how warmly the review speaks of the aspect that
 * the prompt asks for, less a penalty for rambling and for text that is no review.
 *
 * <pre>
 * r* = 3 tanh(A / 3) + tanh(E / 3) - 4 tanh(p / 4), in (-8, 4)
 * p  = 0.05 max(0, words - 25) + 0.5 off-subject + 0.2 repeats + 0.4 unknown + 0.5 fragments
 * </pre>
 *
 * <ul>
 *   <li>A is the sum of the valences of the clauses that name the prompt's aspect, E that of all
 *       other clauses. The aspect is the first one that the prompt names; without one, everything
 *       falls under E. Clauses are split at full stops, semicolons and "but".
 *   <li>The valence of a clause is the mean over its opinion words of value x factor of the
 *       intensifier right before it x (-1/2 if one of the three words before it negates). Each
 *       opinion word counts at its first occurrence in the response only, so saying it again earns
 *       nothing. Values lie in [-3, 3], factors in [0.7, 1.3].
 *   <li>An off-subject sentence speaks of cousins, buses or the weather; a fragment has no end, no
 *       verb or fewer than three words. The opinions in either do not count.
 *   <li>Repeats are runs of three words within a sentence that the response contained before.
 *       Unknown words are those outside {@link ReviewGrammar#vocabulary()}.
 *   <li>A response without any word has reward -4.
 * </ul>
 *
 * <p>Each further sentence of praise earns less than the one before, through tanh, and costs words,
 * so that the best responses are short: two or three different warm sentences about the aspect.
 */
public final class ReviewReward implements RewardFunction {

  private static final double SENTIMENT_BOUND = 3;
  private static final double PENALTY_BOUND = 4;
  private static final int WORD_BUDGET = 25;
  private static final double PER_WORD = 0.05;
  private static final double PER_OFF_SUBJECT_SENTENCE = 0.5;
  private static final double PER_REPEAT = 0.2;
  private static final double PER_UNKNOWN_WORD = 0.4;
  private static final double PER_FRAGMENT = 0.5;
  private static final double NEGATION = -0.5;
  private static final int NEGATION_REACH = 3;

  @Override
  public double reward(String prompt, String response) {
    List<Sentence> sentences = Sentence.split(response);
    if (sentences.isEmpty()) {
      return -PENALTY_BOUND;
    }
    String aspect =
        Words.of(prompt).stream().filter(Catalogue.ASPECTS::contains).findFirst().orElse("");
    return sentiment(aspect, sentences)
        - PENALTY_BOUND * StrictMath.tanh(penalty(sentences) / PENALTY_BOUND);
  }

  private static double sentiment(String aspect, List<Sentence> sentences) {
    Set<String> spent = new HashSet<>();
    double onAspect = 0;
    double elsewhere = 0;
    for (Sentence sentence : sentences) {
      if (sentence.isFragment() || sentence.isOffSubject()) {
        continue;
      }
      for (List<String> clause : sentence.clauses()) {
        double valence = valence(clause, spent);
        if (clause.contains(aspect)) {
          onAspect += valence;
        } else {
          elsewhere += valence;
        }
      }
    }
    return SENTIMENT_BOUND * StrictMath.tanh(onAspect / SENTIMENT_BOUND)
        + StrictMath.tanh(elsewhere / SENTIMENT_BOUND);
  }

  private static double valence(List<String> clause, Set<String> spent) {
    double sum = 0;
    int opinions = 0;
    for (int i = 0; i < clause.size(); i++) {
      Double value = Lexicon.VALENCES.get(clause.get(i));
      if (value != null && spent.add(clause.get(i))) {
        sum += value * intensity(clause, i) * (isNegated(clause, i) ? NEGATION : 1);
        opinions++;
      }
    }
    return opinions == 0 ? 0 : sum / opinions;
  }

  private static double intensity(List<String> clause, int i) {
    return i == 0 ? 1 : Lexicon.INTENSITIES.getOrDefault(clause.get(i - 1), 1.0);
  }

  private static boolean isNegated(List<String> clause, int i) {
    return clause.subList(Math.max(0, i - NEGATION_REACH), i).stream()
        .anyMatch(Lexicon.NEGATIONS::contains);
  }

  private static double penalty(List<Sentence> sentences) {
    List<String> words = sentences.stream().flatMap(sentence -> sentence.words().stream()).toList();
    long unknown =
        words.stream().filter(word -> !ReviewGrammar.vocabulary().contains(word)).count();
    return PER_WORD * Math.max(0, words.size() - WORD_BUDGET)
        + PER_OFF_SUBJECT_SENTENCE * sentences.stream().filter(Sentence::isOffSubject).count()
        + PER_REPEAT * repeats(sentences)
        + PER_UNKNOWN_WORD * unknown
        + PER_FRAGMENT * sentences.stream().filter(Sentence::isFragment).count();
  }

  private static int repeats(List<Sentence> sentences) {
    Set<List<String>> seen = new HashSet<>();
    int repeats = 0;
    for (Sentence sentence : sentences) {
      List<String> words = sentence.words();
      for (int i = 0; i + 3 <= words.size(); i++) {
        if (!seen.add(words.subList(i, i + 3))) {
          repeats++;
        }
      }
    }
    return repeats;
  }
}

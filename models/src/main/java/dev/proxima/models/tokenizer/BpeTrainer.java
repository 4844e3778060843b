package dev.proxima.models.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns the merges of byte-pair encoding (Sennrich, Haddow, Birch 2016, algorithm 1): again and
 * again the most frequent pair of neighbouring tokens becomes one token. Pairs are counted once;
 * each merge then corrects the counts beside the places it changed. Among equally frequent pairs
 * the one with the smaller left id, then the smaller right id, goes first.
 */
final class BpeTrainer {

  /** A pair seen once is no pattern. */
  private static final long LEAST_COUNT = 2;

  private final Set<String> specialTokens;
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<String> vocabulary = new ArrayList<>();
  private final Set<Pair> merges = new LinkedHashSet<>();

  private final Map<Pair, Occurrences> occurrences = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.MOST_FREQUENT_FIRST);

  BpeTrainer(List<String> specialTokens) {
    this.specialTokens = Set.copyOf(specialTokens);
    specialTokens.forEach(this::idOf);
    ByteAlphabet.letters().forEach(this::idOf);
  }

  /** Learns merges until the vocabulary has {@code vocabSize} tokens or no pair occurs twice. */
  void learn(Iterable<String> corpus, int vocabSize) {
    countPairs(corpus);
    while (vocabulary.size() < vocabSize) {
      Candidate best = mostFrequent();
      if (best == null) {
        return;
      }
      String spelling = spell(best.pair);
      if (!specialTokens.contains(spelling)) {
        merges.add(best.pair);
        merge(best.pair, idOf(spelling));
      }
    }
  }

  /** All tokens; a token's id is its index. */
  List<String> vocabulary() {
    return vocabulary;
  }

  /** The learnt merges, first learnt first. */
  List<ByteLevelBpe.Merge> merges() {
    return merges.stream()
        .map(pair -> new ByteLevelBpe.Merge(vocabulary.get(pair.left), vocabulary.get(pair.right)))
        .toList();
  }

  private int idOf(String token) {
    return ids.computeIfAbsent(
        token,
        added -> {
          vocabulary.add(added);
          return vocabulary.size() - 1;
        });
  }

  private String spell(Pair pair) {
    return vocabulary.get(pair.left) + vocabulary.get(pair.right);
  }

  private void countPairs(Iterable<String> corpus) {
    Map<String, Long> pieces = new HashMap<>();
    for (String text : corpus) {
      ByteAlphabet.pieces(text).forEach(piece -> pieces.merge(piece, 1L, Long::sum));
    }
    pieces.forEach(
        (piece, count) -> {
          int[] tokens = ByteAlphabet.ranks(piece);
          for (int i = 0; i < tokens.length; i++) {
            tokens[i] += specialTokens.size();
          }
          Word word = new Word(tokens, count);
          for (int i = 1; i < tokens.length; i++) {
            occurrencesOf(new Pair(tokens[i - 1], tokens[i])).add(word);
          }
        });
    occurrences.keySet().forEach(this::enqueue);
  }

  private Occurrences occurrencesOf(Pair pair) {
    return occurrences.computeIfAbsent(pair, added -> new Occurrences());
  }

  private void enqueue(Pair pair) {
    long count = occurrences.get(pair).count;
    if (count >= LEAST_COUNT) {
      queue.add(new Candidate(pair, count));
    }
  }

  /**
   * The most frequent pair, or null where none is left. An entry whose count has fallen since is
   * put back with its true count; one whose count has risen was entered again when it rose.
   */
  private Candidate mostFrequent() {
    while (!queue.isEmpty()) {
      Candidate top = queue.poll();
      Occurrences found = occurrences.get(top.pair);
      if (found != null && found.count == top.count) {
        return top;
      }
      if (found != null && found.count < top.count) {
        enqueue(top.pair);
      }
    }
    return null;
  }

  private void merge(Pair pair, int merged) {
    Set<Pair> risen = new LinkedHashSet<>();
    for (Word word : occurrences.remove(pair).words) {
      merge(pair, merged, word, risen);
    }
    risen.forEach(this::enqueue);
  }

  /** Replaces the pair in one word, in place: the words shrink from left to right. */
  private void merge(Pair pair, int merged, Word word, Set<Pair> risen) {
    int[] tokens = word.tokens;
    int written = 0;
    int read = 0;
    while (read < word.length) {
      boolean found =
          read + 1 < word.length && tokens[read] == pair.left && tokens[read + 1] == pair.right;
      if (!found) {
        tokens[written++] = tokens[read++];
        continue;
      }
      if (written > 0) {
        int before = tokens[written - 1];
        exchange(pair, new Pair(before, pair.left), new Pair(before, merged), word, risen);
      }
      if (read + 2 < word.length) {
        int after = tokens[read + 2];
        exchange(pair, new Pair(pair.right, after), new Pair(merged, after), word, risen);
      }
      tokens[written++] = merged;
      read += 2;
    }
    word.length = written;
  }

  /** One place where {@code gone} was is now {@code come}; the pair being merged needs no count. */
  private void exchange(Pair merging, Pair gone, Pair come, Word word, Set<Pair> risen) {
    if (!gone.equals(merging)) {
      occurrencesOf(gone).count -= word.count;
    }
    occurrencesOf(come).add(word);
    risen.add(come);
  }

  private record Pair(int left, int right) {}

  private record Candidate(Pair pair, long count) {
    static final Comparator<Candidate> MOST_FREQUENT_FIRST =
        Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair.left)
            .thenComparingInt(candidate -> candidate.pair.right);
  }

  /** A piece of text as the tokens it has so far, and how often it occurs. */
  private static final class Word {
    final int[] tokens;
    int length;
    final long count;

    Word(int[] tokens, long count) {
      this.tokens = tokens;
      this.length = tokens.length;
      this.count = count;
    }
  }

  /** How often a pair occurs, and in which words it does or once did. */
  private static final class Occurrences {
    long count;
    final List<Word> words = new ArrayList<>(2);

    void add(Word word) {
      count += word.count;
      if (words.isEmpty() || words.get(words.size() - 1) != word) {
        words.add(word);
      }
    }
  }
}

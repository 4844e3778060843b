package dev.proxima.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.proxima.models.tokenizer.ByteLevelBpe.Merge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ByteLevelBpeTest {

  /** A space is the byte 0x20, the 33rd that is not printable and follows U+00FF: U+0120. */
  private static final String SPACE = "\u0120";

  /**
   * By hand. Pieces: "low" 3 times, " low" twice, " lot" once. Pairs: (l,o) 6, (o,w) 5, (space,l)
   * 3, (o,t) 1. After l+o: (lo,w) 5, (space,lo) 3, (lo,t) 1. After lo+w: (space,low) 2, (space,lo)
   * 1, and after that merge no pair occurs twice.
   */
  @Test
  void learnsTheMostFrequentPairFirst() {
    ByteLevelBpe bpe =
        ByteLevelBpe.train(List.of("low low", "low lot", "low low"), 1000, List.of("<s>"));

    assertThat(bpe.merges())
        .containsExactly(new Merge("l", "o"), new Merge("lo", "w"), new Merge(SPACE, "low"));
    assertThat(bpe.vocabSize()).isEqualTo(1 + 256 + 3);
    assertThat(bpe.vocabulary()).startsWith("<s>", "!", "\"");
    assertThat(bpe.vocabulary()).endsWith("lo", "low", SPACE + "low").doesNotHaveDuplicates();
  }

  @Test
  void stopsAtTheSizeAskedFor() {
    assertThat(ByteLevelBpe.train(List.of("low low low"), 258, List.of()).merges())
        .containsExactly(new Merge("l", "o"), new Merge("lo", "w"));
    assertThat(ByteLevelBpe.train(List.of("low low low"), 256, List.of()).merges()).isEmpty();
  }

  /** (a,b), (b,a): the ids of a and b follow their code points, so (a,b) is the smaller pair. */
  @Test
  void equallyFrequentPairsGoBySmallerIds() {
    assertThat(ByteLevelBpe.train(List.of("ba\nba\nab\nab"), 257, List.of()).merges())
        .containsExactly(new Merge("a", "b"));
  }

  @Test
  void noMergeSpellsASpecialToken() {
    ByteLevelBpe bpe = ByteLevelBpe.train(List.of("aaaa aaaa aaaa"), 300, List.of("aa"));
    assertThat(bpe.vocabulary()).doesNotHaveDuplicates();
    assertThat(bpe.merges()).doesNotContain(new Merge("a", "a"));
  }

  @Property(tries = 300)
  void agreesWithRecountingEveryTime(
      @ForAll("corpora") List<String> corpus, @ForAll @IntRange(max = 40) int merges) {
    List<String> special = List.of("<s>", "aab");
    int vocabSize = special.size() + 256 + merges;

    ByteLevelBpe bpe = ByteLevelBpe.train(corpus, vocabSize, special);
    NaiveTrainer naive = new NaiveTrainer(corpus, special, vocabSize);

    assertThat(bpe.vocabulary()).isEqualTo(naive.vocabulary);
    assertThat(bpe.merges()).isEqualTo(List.copyOf(naive.merges));
  }

  @Provide
  Arbitrary<List<String>> corpora() {
    return Arbitraries.strings().withChars("aaabbc é").ofMaxLength(40).list().ofMaxSize(8);
  }

  @Test
  void impossibleRequestsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteLevelBpe.train(List.of(), 257, List.of("<a>", "<b>")))
        .withMessage(
            "a byte-level vocabulary with 2 special tokens needs a size of at least 258, not 257");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteLevelBpe.train(List.of(), 300, List.of("<a>", "<a>")))
        .withMessage("a special token is given twice: [<a>, <a>]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteLevelBpe.train(List.of(), 300, List.of("a")))
        .withMessage("the special token 'a' needs at least two characters");
  }

  /** The definition, without any bookkeeping: words are lists of spellings, counted anew. */
  private static final class NaiveTrainer {
    final List<String> vocabulary = new ArrayList<>();
    final Set<Merge> merges = new LinkedHashSet<>();

    NaiveTrainer(List<String> corpus, List<String> special, int vocabSize) {
      vocabulary.addAll(special);
      vocabulary.addAll(ByteAlphabet.letters());
      List<List<String>> words =
          corpus.stream()
              .flatMap(text -> ByteAlphabet.pieces(text).stream())
              .map(NaiveTrainer::letters)
              .collect(Collectors.toCollection(ArrayList::new));
      while (vocabulary.size() < vocabSize) {
        Map<Merge, Integer> counts =
            new TreeMap<>(
                Comparator.<Merge>comparingInt(merge -> vocabulary.indexOf(merge.left()))
                    .thenComparingInt(merge -> vocabulary.indexOf(merge.right())));
        for (List<String> word : words) {
          for (int i = 1; i < word.size(); i++) {
            counts.merge(new Merge(word.get(i - 1), word.get(i)), 1, Integer::sum);
          }
        }
        counts.keySet().removeIf(merge -> special.contains(merge.left() + merge.right()));
        int most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
        if (most < 2) {
          return;
        }
        Merge best =
            counts.keySet().stream().filter(m -> counts.get(m) == most).findFirst().orElseThrow();
        merges.add(best);
        String spelling = best.left() + best.right();
        if (!vocabulary.contains(spelling)) {
          vocabulary.add(spelling);
        }
        words.replaceAll(word -> replace(word, best, spelling));
      }
    }

    private static List<String> letters(String piece) {
      List<String> letters = ByteAlphabet.letters();
      List<String> word = new ArrayList<>();
      for (int rank : ByteAlphabet.ranks(piece)) {
        word.add(letters.get(rank));
      }
      return word;
    }

    private static List<String> replace(List<String> word, Merge merge, String spelling) {
      List<String> replaced = new ArrayList<>();
      for (String token : word) {
        int last = replaced.size() - 1;
        if (last >= 0 && replaced.get(last).equals(merge.left()) && token.equals(merge.right())) {
          replaced.set(last, spelling);
        } else {
          replaced.add(token);
        }
      }
      return replaced;
    }
  }
}

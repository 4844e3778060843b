package dev.proxima.experiments.reviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.experiments.data.Conversation;
import dev.proxima.experiments.data.FineTuningExample;
import dev.proxima.experiments.data.FineTuningExamples;
import dev.proxima.experiments.data.PreferencePair;
import dev.proxima.experiments.data.PreferencePairs;
import dev.proxima.experiments.data.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewDataTest {

  private static final ReviewData DATA =
      ReviewData.generate(1, new ReviewData.Sizes(2500, 600, 200, 900));

  @TempDir Path folder;

  @Test
  void hasTheSizesAskedFor() {
    assertThat(DATA.fineTuning()).hasSize(2500);
    assertThat(DATA.trainingPrompts()).hasSize(600).doesNotHaveDuplicates();
    assertThat(DATA.evaluationPrompts()).hasSize(200).doesNotHaveDuplicates();
    assertThat(DATA.preferences().pairs()).hasSize(900);
  }

  /** A change of these bytes changes every result of the quickstart; make it on purpose. */
  @Test
  void writesTheSameBytesForTheSameSeed() throws IOException, NoSuchAlgorithmException {
    ReviewData.generate(1, new ReviewData.Sizes(20, 20, 20, 20)).write(folder);

    assertThat(sha256("sft.jsonl"))
        .isEqualTo("d60e55364336ddc63c2a9975fdab88aa84a0a7be6cdf47cec363029162c91d67");
    assertThat(sha256("train-prompts.jsonl"))
        .isEqualTo("cef3d1df5c0518fce54245194f865cf6901a963cb8b05d3fe7de7ebe223d6e04");
    assertThat(sha256("eval-prompts.jsonl"))
        .isEqualTo("ed66a101da1fac71510596d0db29a3ee2a8fb87fb6d1be48ef3c2b6b341d1e43");
    assertThat(sha256("pairs.jsonl"))
        .isEqualTo("02bdf6ea470f60582d1518fa3c1b044ef146d4edd13bc121e250aab4003eade9");
  }

  @Test
  void differsBySeed() {
    assertThat(ReviewData.generate(2, new ReviewData.Sizes(50, 50, 50, 50)))
        .isNotEqualTo(ReviewData.generate(3, new ReviewData.Sizes(50, 50, 50, 50)));
  }

  @Test
  void readsBackWhatItWrites() {
    DATA.write(folder);

    assertThat(FineTuningExamples.read(folder.resolve("sft.jsonl"))).isEqualTo(DATA.fineTuning());
    assertThat(Prompts.read(folder.resolve("train-prompts.jsonl")))
        .isEqualTo(DATA.trainingPrompts());
    assertThat(Prompts.read(folder.resolve("eval-prompts.jsonl")))
        .isEqualTo(DATA.evaluationPrompts());
    assertThat(PreferencePairs.read(folder.resolve("pairs.jsonl"))).isEqualTo(DATA.preferences());
  }

  @Test
  void asksAboutNoSubjectInTwoParts() {
    List<Set<String>> parts =
        List.of(
            subjects(DATA.fineTuning().stream().map(FineTuningExample::prompt).toList()),
            subjects(DATA.trainingPrompts()),
            subjects(DATA.evaluationPrompts()),
            subjects(DATA.preferences().pairs().stream().map(PreferencePair::prompt).toList()));

    Set<String> all = new HashSet<>();
    parts.forEach(all::addAll);
    assertThat(all).hasSize(parts.stream().mapToInt(Set::size).sum());
  }

  @Test
  void prefersByBradleyTerry() {
    ReviewReward reward = new ReviewReward();
    double agreements = 0;
    double expected = 0;
    double variance = 0;
    for (PreferencePair pair : DATA.preferences().pairs()) {
      String prompt = pair.prompt().text();
      double margin = reward.reward(prompt, pair.chosen()) - reward.reward(prompt, pair.rejected());
      double p = 1 / (1 + Math.exp(-Math.abs(margin)));
      agreements += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
      expected += p;
      variance += p * (1 - p);
    }

    // Given |margin|, the better response wins with probability sigmoid(|margin|), independently.
    assertThat(agreements).isCloseTo(expected, within(4 * Math.sqrt(variance)));
    assertThat(agreements / DATA.preferences().pairs().size()).isBetween(0.7, 0.9);
  }

  @Test
  void refusesSizesThatLeaveNothingToFineTuneOn() {
    assertThatThrownBy(
            () -> ReviewData.generate(1, new ReviewData.Sizes(10, 2000, 1000, Integer.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3456");
  }

  /** Brand, kind and aspect of each prompt, as the words that are no words of the phrasing. */
  private static Set<String> subjects(Collection<Conversation> prompts) {
    Set<String> names =
        Catalogue.literals().flatMap(name -> Words.of(name).stream()).collect(Collectors.toSet());
    return prompts.stream()
        .map(prompt -> Words.of(prompt.text()).stream().filter(names::contains).sorted().toList())
        .map(List::toString)
        .collect(Collectors.toSet());
  }

  private String sha256(String file) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(folder.resolve(file))));
  }
}

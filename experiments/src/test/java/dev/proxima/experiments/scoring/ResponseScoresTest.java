package dev.proxima.experiments.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.ResponseEncoder.Joining;
import dev.proxima.models.ResponseEncoder.Options;
import dev.proxima.models.ResponseEncoder.Truncation;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResponseScoresTest {

  private static final Options WHOLE =
      new Options(128, Truncation.KEEP_START, Joining.TEXT, true, true);
  private static final JsonNode TRL = TrlFixtures.json("scores.json");

  private static ModelFolder folder;
  private static Tokenizer tokenizer;
  private static LanguageModel model;

  @TempDir private Path temporary;

  @BeforeAll
  static void load() {
    folder = ModelFolder.open(TrlFixtures.MODEL);
    tokenizer = DjlTokenizer.open(folder.tokenizer());
    model = TorchEngine.create(1).load(folder.parameters(), folder.config(), ComputeDevice.CPU);
  }

  @AfterAll
  static void free() {
    model.close();
    tokenizer.close();
  }

  @Test
  void scoresTextAsTrl() {
    assertScores(score(TrlFixtures.PAIRS, WHOLE), TRL.at("/pairs/0/scores"));
  }

  @Test
  void keepsTheEndOfLongTextsAsTrl() {
    Options end = new Options(16, Truncation.KEEP_END, Joining.TEXT, true, true);
    assertScores(score(TrlFixtures.PAIRS, end), TRL.at("/pairs/1/scores"));
  }

  @Test
  void scoresConversationsAsTrl() {
    assertScores(score(TrlFixtures.CHATS, WHOLE), TRL.at("/chats/0/scores"));
  }

  /**
   * TRL leaves out the pairs whose prompts alone fill the length; here nothing is left to score.
   */
  @Test
  void keepsTheStartOfLongTextsAsTrl() throws IOException {
    List<String> lines = Files.readAllLines(TrlFixtures.PAIRS);
    Path file = write(IntStream.range(0, 40).filter(i -> i % 9 > 0).mapToObj(lines::get).toList());
    List<ObjectNode> scores =
        score(file, new Options(10, Truncation.KEEP_START, Joining.TEXT, true, true));

    assertThat(scores).hasSize(35);
    assertThat(scores)
        .filteredOn(score -> score.get("tokens_chosen").intValue() == 0)
        .isNotEmpty()
        .allSatisfy(
            score -> {
              assertThat(score.get("logp_chosen").doubleValue()).isZero();
              assertThat(score.get("tokens_rejected").intValue()).isZero();
            });
    assertScores(
        scores.stream().filter(score -> score.get("tokens_chosen").intValue() > 0).toList(),
        TRL.at("/cut/scores"));
  }

  @Test
  void aLinesScoreDoesNotDependOnTheOthersOrTheirNumber() throws IOException {
    List<String> lines = Files.readAllLines(TrlFixtures.PAIRS);
    // 150 times 40 lines are several chunks.
    Path many = write(Collections.nCopies(150, String.join("\n", lines)));
    List<ObjectNode> scores = score(many, WHOLE);
    List<ObjectNode> few = score(TrlFixtures.PAIRS, WHOLE);

    assertThat(scores).hasSize(6000);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i).get("tokens_rejected"))
          .isEqualTo(few.get(i % 40).get("tokens_rejected"));
      assertThat(scores.get(i).get("logp_rejected").doubleValue())
          .isCloseTo(few.get(i % 40).get("logp_rejected").doubleValue(), within(2e-5));
    }
  }

  @Test
  void scoresASingleCompletionLikeAChosenResponse() throws IOException {
    Path file =
        write(
            List.of(
                """
                {"prompt": "my neighbour's dog is", "completion": " a quiet joy"}\
                """));
    ObjectNode score = score(file, WHOLE).get(0);

    // The third of the pairs has this prompt and this chosen response.
    JsonNode expected = TRL.at("/pairs/0/scores/2");
    assertThat(score.fieldNames())
        .toIterable()
        .containsExactly("logp_completion", "tokens_completion");
    assertThat(score.get("logp_completion").doubleValue())
        .isCloseTo(expected.get("logp_chosen").doubleValue(), within(1e-5));
    assertThat(score.get("tokens_completion")).isEqualTo(expected.get("tokens_chosen"));
  }

  /** The tokens of every choice, put together by hand from the tokenizer's own. */
  @Test
  void everyChoiceShowsInTheTokens() {
    int[] tell = tokenizer.encode("Tell me:");
    int[] the = tokenizer.encode("the");
    int[] together = tokenizer.encode("Tell me:the");

    assertThat(tokens(true, true, Joining.TEXT)).containsExactly(joined(1, together, 2));
    assertThat(tokens(false, true, Joining.TEXT)).containsExactly(joined(-1, together, 2));
    assertThat(tokens(true, false, Joining.TEXT)).containsExactly(joined(1, together, -1));
    assertThat(tokens(true, true, Joining.TOKENS))
        .containsExactly(
            joined(1, IntStream.concat(Arrays.stream(tell), Arrays.stream(the)).toArray(), 2));
  }

  @Test
  void stringsAsChatAreMessages() throws IOException {
    Path strings = write(List.of("{\"prompt\": \"a\", \"completion\": \"b\"}"));
    Path messages =
        write(
            List.of(
                """
                {"prompt": [{"role": "user", "content": "a"}], \
                "completion": [{"role": "assistant", "content": "b"}]}\
                """));

    List<ObjectNode> asChat = new ArrayList<>();
    ResponseScores.logps(
            model, new ResponseEncoder(folder, tokenizer, WHOLE), Strings.CHAT, asChat::add)
        .score(strings, () -> false);

    assertThat(asChat).isEqualTo(score(messages, WHOLE)).isNotEqualTo(score(strings, WHOLE));
  }

  @Test
  void namesTheLineThatIsWrongAfterThoseBefore() throws IOException {
    Path file = write(List.of("{\"prompt\": \"a\", \"completion\": \"b\"}", "{\"prompt\": \"a\"}"));
    List<ObjectNode> before = new ArrayList<>();

    assertThatThrownBy(
            () ->
                ResponseScores.logps(
                        model,
                        new ResponseEncoder(folder, tokenizer, WHOLE),
                        Strings.TEXT,
                        before::add)
                    .score(file, () -> false))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":2: needs 'prompt' with 'chosen' and 'rejected', or with 'completion'");
    assertThat(before).hasSize(1);
  }

  @Test
  void stopsWhenAsked() {
    List<ObjectNode> before = new ArrayList<>();
    int[] asked = {0};
    boolean whole =
        ResponseScores.logps(
                model, new ResponseEncoder(folder, tokenizer, WHOLE), Strings.TEXT, before::add)
            .score(TrlFixtures.PAIRS, () -> asked[0]++ == 3);

    assertThat(whole).isFalse();
    assertThat(before).hasSize(3);
  }

  private int[] tokens(boolean specialTokens, boolean endToken, Joining joining) {
    Options options = new Options(64, Truncation.KEEP_START, joining, specialTokens, endToken);
    return new ResponseEncoder(folder, tokenizer, options)
        .text("Tell me:", "the")
        .orElseThrow()
        .tokens();
  }

  /** -1 stands for no token. */
  private static int[] joined(int first, int[] middle, int last) {
    return IntStream.concat(
            IntStream.concat(IntStream.of(first), Arrays.stream(middle)), IntStream.of(last))
        .filter(token -> token >= 0)
        .toArray();
  }

  private static void assertScores(List<ObjectNode> actual, JsonNode expected) {
    assertThat(actual).hasSize(expected.size());
    for (int i = 0; i < actual.size(); i++) {
      for (String field : List.of("chosen", "rejected")) {
        assertThat(actual.get(i).get("tokens_" + field))
            .as("line %d", i)
            .isEqualTo(expected.get(i).get("tokens_" + field));
        assertThat(actual.get(i).get("logp_" + field).doubleValue())
            .as("line %d", i)
            .isCloseTo(expected.get(i).get("logp_" + field).doubleValue(), within(1e-5));
      }
    }
  }

  private static List<ObjectNode> score(Path file, Options options) {
    List<ObjectNode> scores = new ArrayList<>();
    assertThat(
            ResponseScores.logps(
                    model,
                    new ResponseEncoder(folder, tokenizer, options),
                    Strings.TEXT,
                    scores::add)
                .score(file, () -> false))
        .isTrue();
    return scores;
  }

  private Path write(List<String> lines) throws IOException {
    return Files.write(Files.createTempFile(temporary, "lines", ".jsonl"), lines);
  }
}

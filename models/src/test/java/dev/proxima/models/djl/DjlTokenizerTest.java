package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlTokenizerTest {

  @TempDir Path folder;

  private static DjlTokenizer tokenizer;

  @BeforeAll
  @BeforeContainer
  static void open() throws IOException {
    Path file = Files.createTempFile("tokenizer", ".json");
    ByteLevelBpe.train(
            List.of("assistant assistant the kettle, the kettle!"), 300, ChatFormat.SPECIAL_TOKENS)
        .write(file);
    tokenizer = DjlTokenizer.open(file);
    Files.delete(file);
  }

  @AfterAll
  @AfterContainer
  static void close() {
    tokenizer.close();
  }

  @Property
  void everyTextRoundTrips(@ForAll("unicode") String text) {
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @Provide
  Arbitrary<String> unicode() {
    Arbitrary<Integer> anywhere =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    Arbitrary<Integer> common =
        Arbitraries.of(" \n\t\r'sthe<|user|>é水".codePoints().boxed().toList());
    return Arbitraries.oneOf(anywhere, common)
        .list()
        .ofMaxSize(60)
        .map(
            points -> {
              StringBuilder text = new StringBuilder();
              points.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Test
  void longTextsAreWhole() {
    String text = "0123456789".repeat(1000);
    assertThat(tokenizer.encode(text)).hasSize(10_000);
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<|assistant|>",
        "Hi<|endoftext|><|assistant|>\nyes",
        " <|pad|> ",
        "<|endoftext|><|endoftext|>"
      })
  void specialTokensInTextAreLiteral(String text) {
    int[] tokens = tokenizer.encode(text);
    assertThat(Arrays.stream(tokens)).allMatch(token -> token >= ChatFormat.SPECIAL_TOKENS.size());
    assertThat(tokenizer.decode(tokens)).isEqualTo(text);
  }

  @Test
  void specialTokensHaveTheFirstIdsAndNoText() {
    assertThat(ChatFormat.SPECIAL_TOKENS.stream().map(tokenizer::tokenId))
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(tokenizer.vocabSize()).isBetween(261, 300);

    int[] a = tokenizer.encode("kettle");
    int[] tokens = new int[a.length + 2];
    System.arraycopy(a, 0, tokens, 1, a.length);
    tokens[0] = tokenizer.tokenId("<|user|>");
    tokens[a.length + 1] = tokenizer.tokenId(ChatFormat.END_OF_TEXT);
    assertThat(tokenizer.decode(tokens)).isEqualTo("kettle");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.tokenId("<|tool|>"))
        .withMessageContaining("has no special token '<|tool|>'; it has [<|assistant|>, ");
  }

  /** 0xE6 0xB0 begin a three-byte character of UTF-8 that does not end. */
  @Test
  void brokenCharactersAreReplaced() {
    int[] water = tokenizer.encode("水");
    assertThat(water).hasSize(3);
    assertThat(tokenizer.decode(new int[] {water[0], water[1]})).isEqualTo("\uFFFD");
    assertThat(tokenizer.encode("a\uD83Db")).isEqualTo(tokenizer.encode("a?b"));
  }

  /**
   * Ids 0 to 2 in the model, a special token 3 and a common one 4 beside it, as Qwen's files do.
   */
  @Test
  void addedTokensKeepTheirIdsAndFilesCannotTruncateOrPad() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file,
        """
        {"version": "1.0",
         "truncation": {"max_length": 2, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
         "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_id": 3, "pad_type_id": 0,
           "pad_token": "<end>"},
         "added_tokens": [
           {"id": 3, "content": "<end>", "special": true, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false},
           {"id": 4, "content": "<think>", "special": false, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false}],
         "pre_tokenizer": null, "normalizer": null, "post_processor": null, "decoder": null,
         "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}
        """);
    try (DjlTokenizer opened = DjlTokenizer.open(file)) {
      assertThat(opened.encode("ab<think>aba")).containsExactly(2, 4, 2, 0);
      assertThat(opened.encode("b<end>")).doesNotContain(3);
      assertThat(opened.encodeMarkup("ab<think>ab<end>b", true)).containsExactly(2, 4, 2, 3, 1);
      assertThat(opened.tokenId("<end>")).isEqualTo(3);
      assertThat(opened.vocabSize()).isEqualTo(5);
    }
  }

  @Test
  void missingAndMalformedFilesAreNamedInOneLine() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DjlTokenizer.open(file))
        .withMessage(file + ": no such file");

    Files.writeString(file, "{\n\"model\": }");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DjlTokenizer.open(file))
        .withMessageStartingWith(file + ": is not valid JSON (line 2, column ")
        .withMessageNotContaining("\n");

    Files.writeString(
        file, "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": [\"a b\"]}}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DjlTokenizer.open(file))
        .withMessageStartingWith(file + ": is not a tokenizer: ")
        .withMessageNotContaining("\n");
  }
}

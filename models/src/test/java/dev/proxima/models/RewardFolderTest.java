package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.RewardEncoder.Overlong;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardFolderTest {

  private static final ModelConfig CONFIG =
      ModelConfig.llama(300, 16, 24, 2, 4, 2, 64, 1e-5, 20_000, true, 0, 0, 1);
  private static final int END = 0;
  private static final int PAD = 1;

  @TempDir private Path temporary;

  private ModelFolder language;

  @BeforeEach
  void saveALanguageModel() throws IOException {
    Path parameters = Files.writeString(temporary.resolve("theta"), "parameters");
    Path tokenizer = temporary.resolve("bpe");
    ByteLevelBpe.train(List.of("a b a b"), 261, ChatFormat.SPECIAL_TOKENS).write(tokenizer);
    language = ModelFolder.save(temporary.resolve("language"), CONFIG, parameters, tokenizer);
  }

  @Test
  void savesWhatTransformersTakesForARewardModel() {
    RewardFolder start = new RewardFolder(language);
    assertThat(start.isTrained()).isFalse();
    Path target = temporary.resolve("reward");

    start.saveWith(target, language.parameters(), OptionalInt.of(7));

    RewardFolder saved = RewardFolder.open(target);
    assertThat(saved.isTrained()).isTrue();
    assertThat(saved.padding()).hasValue(7);
    ObjectNode json = JsonFile.read(target.resolve("config.json"));
    assertThat(json.get("architectures").get(0).textValue())
        .isEqualTo("LlamaForSequenceClassification");
    assertThat(json.at("/id2label/0").textValue()).isEqualTo("LABEL_0");
    assertThat(json.at("/label2id/LABEL_0").intValue()).isZero();
    assertThat(saved.folder().tokenizer()).hasSameBinaryContentAs(language.tokenizer());
    saved.folder().verify();
  }

  @Test
  void namesWhatIsNoRewardModel() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RewardFolder.open(language.path()))
        .withMessage(
            language.path().resolve("config.json")
                + ": is not a reward model's: its key 'architectures' names no"
                + " LlamaForSequenceClassification; task = reward-model trains one from it");

    Path several = reward();
    Path config = several.resolve("config.json");
    ObjectNode json = JsonFile.read(config);
    json.putObject("id2label").put("0", "bad").put("1", "neutral").put("2", "good");
    JsonFile.write(config, json);
    assertThatThrownBy(() -> RewardFolder.open(several))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            config + ": is of a classifier with 3 labels (key 'id2label'); a reward model has 1");

    // transformers writes no labels where there are two.
    json.remove("id2label");
    JsonFile.write(config, json);
    assertThatThrownBy(() -> RewardFolder.open(several)).hasMessageContaining("with 2 labels");
  }

  @Test
  void aFreshHeadIsDrawnAsTransformersInitialises() {
    assertThat(new RewardFolder(language).head(3)).isEqualTo(new RewardHead(3, 0.02));
    Path config = language.path().resolve("config.json");
    JsonFile.write(config, JsonFile.read(config).put("initializer_range", 0.5));
    assertThat(new RewardFolder(language).head(3)).isEqualTo(new RewardHead(3, 0.5));
  }

  @Test
  void itsFilesAreAllThatRewardsDependOn() throws IOException {
    Path folder = reward();
    Files.writeString(folder.resolve("README.md"), "A reward model");
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
    assertThat(RewardFolder.open(folder).files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "chat_template.jinja",
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json");
  }

  @Test
  void textIsTokenisedInOneAndEnded() {
    try (Tokenizer tokenizer = DjlTokenizer.open(language.tokenizer())) {
      int[] text = tokenizer.encode("a b");
      assertThat(encoder(tokenizer, 64, Overlong.LEAVE_OUT, PAD).text("a", " b"))
          .hasValue(append(text, END));
      assertThat(encoder(tokenizer, 64, Overlong.LEAVE_OUT, PAD).text("a", " b<|endoftext|>"))
          .hasValue(append(text, END));
    }
  }

  /** The reward is read at the last token that is not padding. */
  @Test
  void anEndTokenThatPadsIsNotRead() {
    try (Tokenizer tokenizer = DjlTokenizer.open(language.tokenizer())) {
      assertThat(encoder(tokenizer, 64, Overlong.LEAVE_OUT, END).text("a", " b"))
          .hasValue(tokenizer.encode("a b"));
      assertThat(encoder(tokenizer, 64, Overlong.LEAVE_OUT, END).text("", ""))
          .hasValue(new int[] {END});
    }
  }

  /** As the template renders it, and no message can forge a role. */
  @Test
  void aConversationIsTheTemplates() {
    try (Tokenizer tokenizer = DjlTokenizer.open(language.tokenizer())) {
      int[] tokens =
          encoder(tokenizer, 64, Overlong.LEAVE_OUT, PAD)
              .conversation(List.of(new Message("user", "a")), "b")
              .orElseThrow();
      assertThat(tokens)
          .isEqualTo(tokenizer.encodeMarkup("<|user|>\na\n<|assistant|>\nb\n", false));
    }
  }

  @Test
  void whatIsTooLongIsLeftOutOrKeepsItsEnd() {
    try (Tokenizer tokenizer = DjlTokenizer.open(language.tokenizer())) {
      int[] whole = append(tokenizer.encode("xyz"), END);
      assertThat(whole).hasSize(4);
      assertThat(encoder(tokenizer, 4, Overlong.LEAVE_OUT, PAD).text("x", "yz")).hasValue(whole);
      assertThat(encoder(tokenizer, 3, Overlong.LEAVE_OUT, PAD).text("x", "yz")).isEmpty();
      assertThat(encoder(tokenizer, 3, Overlong.KEEP_END, PAD).text("x", "yz"))
          .hasValue(new int[] {whole[1], whole[2], END});
    }
  }

  private Path reward() {
    Path target = temporary.resolve("reward");
    new RewardFolder(language).saveWith(target, language.parameters(), OptionalInt.empty());
    return target;
  }

  private RewardEncoder encoder(
      Tokenizer tokenizer, int maxLength, Overlong overlong, int padding) {
    return new RewardEncoder(
        language,
        tokenizer,
        new RewardEncoder.Options(maxLength, overlong, true, true),
        OptionalInt.of(padding));
  }

  private static int[] append(int[] tokens, int last) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
    longer[tokens.length] = last;
    return longer;
  }
}

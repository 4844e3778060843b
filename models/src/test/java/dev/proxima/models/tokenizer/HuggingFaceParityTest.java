package dev.proxima.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.djl.DjlTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against {@code hugging_face.json}, what Hugging Face's Python libraries learnt from the same
 * corpus and made of a folder that this test writes and leaves for the script beside the fixture.
 */
class HuggingFaceParityTest {

  private static final Path FOLDER = Path.of("target", "hugging-face-fixture");

  private static ByteLevelBpe bpe;
  private static JsonNode expected;

  @BeforeAll
  static void train(@TempDir Path temporary) throws IOException {
    bpe =
        ByteLevelBpe.train(
            List.of(resource("corpus.txt").split("\n")), 420, ChatFormat.SPECIAL_TOKENS);
    Path tokenizer = temporary.resolve("tokenizer.json");
    bpe.write(tokenizer);
    Path parameters = Files.createFile(temporary.resolve("none.safetensors"));
    ModelConfig config = ModelConfig.llama(420, 16, 32, 1, 2, 1, 64, 1e-5, 10_000, true, 0, 0, 1);
    ModelFolder.save(FOLDER, config, parameters, tokenizer);
    expected = new ObjectMapper().readTree(resource("hugging_face.json"));
  }

  @Test
  void learnsTheSameVocabularyAndMerges() {
    List<String> vocabulary = new ArrayList<>();
    expected.path("vocabulary").forEach(token -> vocabulary.add(token.asText()));
    List<ByteLevelBpe.Merge> merges = new ArrayList<>();
    expected
        .path("merges")
        .forEach(
            merge ->
                merges.add(new ByteLevelBpe.Merge(merge.path(0).asText(), merge.path(1).asText())));

    assertThat(bpe.vocabulary()).isEqualTo(vocabulary);
    assertThat(bpe.merges()).isEqualTo(merges);
  }

  @Test
  void encodesAwkwardTextsAlikeAndBack() {
    try (Tokenizer tokenizer = DjlTokenizer.open(ModelFolder.open(FOLDER).tokenizer())) {
      assertThat(expected.path("texts")).isNotEmpty();
      for (JsonNode row : expected.path("texts")) {
        String text = row.path("text").asText();
        int[] tokens = tokenizer.encode(text);
        assertThat(tokens).as(text).containsExactly(ids(row));
        assertThat(tokenizer.decode(tokens)).isEqualTo(text);
      }
    }
  }

  @Test
  void rendersConversationsAsTheTemplateDoes() {
    try (Tokenizer tokenizer = DjlTokenizer.open(ModelFolder.open(FOLDER).tokenizer())) {
      ChatFormat format = new ChatFormat(tokenizer);
      assertThat(expected.path("conversations")).isNotEmpty();
      for (JsonNode row : expected.path("conversations")) {
        List<Message> conversation = new ArrayList<>();
        row.path("messages")
            .forEach(
                message ->
                    conversation.add(
                        new Message(message.path(0).asText(), message.path(1).asText())));
        assertThat(format.prompt(conversation)).containsExactly(ids(row));
      }
    }
  }

  private static int[] ids(JsonNode row) {
    int[] ids = new int[row.path("ids").size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = row.path("ids").path(i).asInt();
    }
    return ids;
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = HuggingFaceParityTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package dev.proxima.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.template.ChatTemplate;
import dev.proxima.models.template.TemplateChatEncoder;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of tokenizer on awkward texts, against {@code tokenizer_kinds.json}, what transformers
 * makes of the same files (see the script beside it).
 */
class TokenizerKindsTest {

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama3", "llama2", "llama2_metaspace", "unigram", "wordpiece"})
  void tokenisesAsTransformersDoes(String kind) throws Exception {
    Path file = resource("tokenizers/" + kind + ".json");
    Set<Integer> special = specialIds(file);
    JsonNode expected = read(resource("tokenizer_kinds.json"));
    List<JsonNode> rows = rows(expected, "texts", kind);
    assertThat(rows).hasSizeGreaterThan(30);
    try (Tokenizer tokenizer = DjlTokenizer.open(file)) {
      for (JsonNode row : rows) {
        String text = row.path("text").asText();
        int[] markup = ids(row, "markup");
        assertThat(tokenizer.encodeMarkup(text, false)).as("%s as markup", row).isEqualTo(markup);
        assertThat(tokenizer.encodeMarkup(text, true))
            .as("%s with special tokens", row)
            .isEqualTo(ids(row, "with_special"));
        assertThat(tokenizer.decode(markup)).isEqualTo(row.path("decoded").asText());
        assertLiteral(tokenizer, text, ids(row, "literal"), special, row);
      }
      ChatTemplate template =
          new ChatTemplate(expected.path("template").asText(), Map.of("bos_token", "<END>"));
      assertChats(new TemplateChatEncoder(template, tokenizer), rows(expected, "chats", kind));
    }
  }

  private static void assertChats(ChatEncoder encoder, List<JsonNode> rows) {
    assertThat(rows).isNotEmpty();
    for (JsonNode row : rows) {
      List<Message> messages = new ArrayList<>();
      row.path("messages")
          .forEach(turn -> messages.add(new Message(turn.path(0).asText(), turn.path(1).asText())));
      assertThat(encoder.prompt(messages)).isEqualTo(ids(row, "prompt"));
      assertThat(encoder.response(messages, row.path("answer").asText()))
          .isEqualTo(ids(row, "response"));
    }
  }

  /** Where transformers, too, finds no special token in the text, and where it yet finds one. */
  private static void assertLiteral(
      Tokenizer tokenizer, String text, int[] expected, Set<Integer> special, JsonNode row) {
    int[] literal = tokenizer.encode(text);
    if (Arrays.stream(expected).noneMatch(special::contains)) {
      assertThat(literal).as("%s as literal text", row).isEqualTo(expected);
    }
    assertThat(Arrays.stream(literal).filter(special::contains))
        .as("special tokens in %s as literal text", row)
        .isEmpty();
  }

  /** Without the token for what is unknown, which stands for text. */
  private static Set<Integer> specialIds(Path file) throws IOException {
    return StreamSupport.stream(read(file).path("added_tokens").spliterator(), false)
        .filter(token -> token.path("special").asBoolean())
        .filter(token -> !token.path("content").asText().toLowerCase().contains("unk"))
        .map(token -> token.path("id").asInt())
        .collect(Collectors.toSet());
  }

  private static List<JsonNode> rows(JsonNode expected, String key, String kind) {
    return StreamSupport.stream(expected.path(key).spliterator(), false)
        .filter(row -> row.path("tokenizer").asText().equals(kind))
        .toList();
  }

  private static int[] ids(JsonNode row, String key) {
    return StreamSupport.stream(row.path(key).spliterator(), false)
        .mapToInt(JsonNode::asInt)
        .toArray();
  }

  private static JsonNode read(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(TokenizerKindsTest.class.getResource(name).toURI());
  }
}

package dev.proxima.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.models.tokenizer.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against {@code chat_templates.json}, what transformers renders (see the script beside it). */
class ChatTemplateTest {

  private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

  /** That of the script. */
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-06T15:04:05Z"), ZoneOffset.UTC);

  private static final JsonNode EXPECTED = read();

  private static final List<Message> QUESTION = List.of(new Message("user", "Why?"));

  static Stream<String> templates() {
    return rows("rendered").map(row -> row.path("template").asText()).distinct();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void rendersRealTemplatesAsTransformersDoes(String name) {
    ChatTemplate template =
        new ChatTemplate(resource("templates/" + name + ".jinja"), TOKENS, CLOCK);
    List<JsonNode> rows =
        rows("rendered").filter(row -> row.path("template").asText().equals(name)).toList();
    assertThat(rows).hasSizeGreaterThanOrEqualTo(20);
    for (JsonNode row : rows) {
      JsonNode conversation = EXPECTED.path("conversations").path(row.path("conversation").asInt());
      assertRendered(
          template, messages(conversation), row.path("add_generation_prompt").asBoolean(), row);
    }
  }

  static Stream<JsonNode> constructs() {
    return rows("constructs");
  }

  @ParameterizedTest
  @MethodSource("constructs")
  void rendersConstructsAsTransformersDoes(JsonNode row) {
    ChatTemplate template = new ChatTemplate(row.path("template").asText(), TOKENS, CLOCK);
    assertRendered(template, messages(EXPECTED.path("messages")), true, row);
  }

  private static void assertRendered(
      ChatTemplate template, List<Message> messages, boolean prompt, JsonNode expected) {
    if (expected.has("error")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> template.render(messages, prompt))
          .withMessage(
              "the chat template refuses the conversation: " + expected.path("error").asText());
    } else {
      assertThat(template.render(messages, prompt)).isEqualTo(expected.path("text").asText());
    }
  }

  /** Nothing of Java can be reached, and what is unknown is no silent nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.getClass() }}",
        "{{ messages[0].content.getBytes() }}",
        "{{ messages[0].content.repeat(1000000000) }}",
        "{{ messages.getClass().forName('java.lang.Runtime') }}",
        "{{ messages.unheard_of() }}",
        "{{ messages[0].clear() }}",
        "{% set _ = messages.append('x') %}",
        "{{ messages[0].content is unheard_of }}",
        "{% if 1 < 2 < 3 %}{% endif %}",
        "{{ messages[0].content | unheard_of }}",
        "{% unheard_of %}",
        "{{ unheard_of() }}",
        "{% if true %}",
        "{{ 1 + }}",
        "{% for m in messages if m.role == 'user' %}{% endfor %}",
        "{{ strftime_now('%c') }}",
      })
  void whatTemplatesMayNotDoIsRefusedInOneLine(String source) {
    ChatTemplate template = new ChatTemplate(source, TOKENS, CLOCK);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> template.render(QUESTION, true))
        .withMessageStartingWith("the chat template ")
        .withMessageNotContaining("\n");
  }

  /** Whatever a template holds, it is rendered or refused. */
  @Property(tries = 500)
  void anyTextIsATemplateOrRefused(@ForAll("sources") String source) {
    try {
      assertThat(new ChatTemplate(source, TOKENS, CLOCK).render(QUESTION, true)).isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("the chat template ").hasMessageNotContaining("\n");
    }
  }

  @Provide
  Arbitrary<String> sources() {
    return Arbitraries.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{%-",
            "-%}",
            "{%+",
            "+%}",
            "{",
            "}",
            "'",
            "\"",
            "\n",
            " ",
            "if",
            "endif",
            "else",
            "for m in messages",
            "endfor",
            "set x = ",
            "messages",
            "[0]",
            "[::-1]",
            "[",
            "]",
            "(",
            ")",
            ".role",
            ".strip()",
            "| trim",
            "| tojson",
            "|",
            "is",
            "not",
            "defined",
            "and",
            "1",
            "+",
            "raw",
            "endraw",
            "macro f(a)",
            "endmacro",
            "\\",
            "é")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join(" ", parts));
  }

  @Test
  void nestingHasALimit() {
    ChatTemplate template = new ChatTemplate("{{ " + "[".repeat(50_000) + " }}", TOKENS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> template.render(QUESTION, true))
        .withMessageStartingWith("the chat template ");
  }

  @Test
  void aRefusalLeavesTheTemplateUsable() {
    ChatTemplate template =
        new ChatTemplate(
            "{% if messages|length > 1 %}{{ raise_exception('too long') }}{% endif %}"
                + "{{ messages[0].content }}",
            TOKENS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> template.render(messages(EXPECTED.path("messages")), true))
        .withMessage("the chat template refuses the conversation: too long");
    assertThat(template.render(QUESTION, true)).isEqualTo("Why?");
  }

  private static Stream<JsonNode> rows(String key) {
    return StreamSupport.stream(EXPECTED.path(key).spliterator(), false);
  }

  private static List<Message> messages(JsonNode conversation) {
    List<Message> messages = new ArrayList<>();
    conversation.forEach(
        turn -> messages.add(new Message(turn.path(0).asText(), turn.path(1).asText())));
    return messages;
  }

  private static JsonNode read() {
    try {
      return new ObjectMapper().readTree(resource("chat_templates.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream stream = ChatTemplateTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

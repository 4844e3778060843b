package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerConfigTest {

  @TempDir Path folder;

  @Test
  void tokensAreStringsOrObjects() throws IOException {
    write(
        """
        {"bos_token": {"__type": "AddedToken", "content": "<s>", "lstrip": false},
         "eos_token": "</s>", "pad_token": null, "add_bos_token": true,
         "chat_template": "{{ bos_token }}"}
        """);

    TokenizerConfig config = TokenizerConfig.read(folder);

    assertThat(config.bosToken()).contains("<s>");
    assertThat(config.padToken()).isEmpty();
    assertThat(config.unkToken()).isEmpty();
    assertThat(config.addBosToken()).contains(true);
    assertThat(config.specialTokens()).isEqualTo(Map.of("bos_token", "<s>", "eos_token", "</s>"));
    assertThat(config.chatTemplates()).isEqualTo(Map.of("default", "{{ bos_token }}"));
  }

  @Test
  void templatesMayBeANamedList() throws IOException {
    write(
        """
        {"chat_template": [{"name": "default", "template": "a"},
                           {"name": "tool_use", "template": "b"}]}
        """);
    assertThat(TokenizerConfig.read(folder).chatTemplates())
        .isEqualTo(Map.of("default", "a", "tool_use", "b"));
  }

  /** As transformers: files stand in place of all that the configuration has. */
  @Test
  void templatesInFilesComeFirst() throws IOException {
    write("{\"chat_template\": [{\"name\": \"rag\", \"template\": \"old\"}]}");
    Files.writeString(folder.resolve("chat_template.jinja"), "naïve");
    assertThat(TokenizerConfig.read(folder).chatTemplates()).isEqualTo(Map.of("default", "naïve"));

    Path several = Files.createDirectory(folder.resolve("additional_chat_templates"));
    Files.writeString(several.resolve("tool_use.jinja"), "tools");
    Files.writeString(several.resolve("README.md"), "no template");
    assertThat(TokenizerConfig.read(folder).chatTemplates())
        .isEqualTo(Map.of("default", "naïve", "tool_use", "tools"));
  }

  @Test
  void theFileMayBeMissing() {
    TokenizerConfig config = TokenizerConfig.read(folder);
    assertThat(config.specialTokens()).isEmpty();
    assertThat(config.chatTemplates()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"bos_token\": 1}|key 'bos_token' cannot be 1",
        "{\"eos_token\": {\"id\": 2}}|key 'eos_token' cannot be {\"id\":2}",
        "{\"add_bos_token\": \"yes\"}|key 'add_bos_token' cannot be \"yes\"",
        "{\"chat_template\": 3}|key 'chat_template' cannot be 3",
        "{\"chat_template\": [\"a\"]}|key 'chat_template' cannot be \"a\"",
      })
  void whatIsIllTypedIsNamed(String content, String message) throws IOException {
    write(content);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenizerConfig.read(folder))
        .withMessage(folder.resolve("tokenizer_config.json") + ": " + message);
  }

  @Test
  void templatesInOtherEncodingsAreNamed() throws IOException {
    Path file = folder.resolve("chat_template.jinja");
    Files.write(file, new byte[] {'a', (byte) 0xE9});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenizerConfig.read(folder))
        .withMessage(file + ": is not UTF-8 text");
  }

  private void write(String content) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), content);
  }
}

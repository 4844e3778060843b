package dev.proxima.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.experiments.UserError;
import dev.proxima.models.tokenizer.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {

  @TempDir Path folder;

  @Test
  void writesASingleUserTurnAsAStringAndLongerPromptsAsMessages() throws IOException {
    List<Conversation> prompts =
        List.of(
            Conversation.ofUser("a"),
            new Conversation(List.of(new Message("system", "b"), new Message("user", "c"))),
            new Conversation(List.of(new Message("system", "d"))));
    Path file = folder.resolve("prompts.jsonl");
    Prompts.write(file, prompts);

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {"prompt":"a"}
            {"prompt":[{"role":"system","content":"b"},{"role":"user","content":"c"}]}
            {"prompt":[{"role":"system","content":"d"}]}
            """);
    assertThat(Prompts.read(file)).isEqualTo(prompts);
  }

  @Test
  void namesTheLineOfAnEmptyPrompt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("prompts.jsonl"), "{\"prompt\": \"a\"}\n{\"prompt\": \"\"}\n");

    assertThatThrownBy(() -> Prompts.read(file))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":2: the prompt is empty");
  }
}

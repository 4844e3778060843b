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

class FineTuningExamplesTest {

  @TempDir Path folder;

  @Test
  void readsStringsAndMessages() throws IOException {
    Path file =
        file(
            """
            {"prompt": "Why?", "completion": "So."}
            {"prompt": [{"role": "user", "content": "Why?"}],\
             "completion": [{"role": "assistant", "content": "So."}]}
            """);

    FineTuningExample example = new FineTuningExample(Conversation.ofUser("Why?"), "So.");
    assertThat(FineTuningExamples.read(file)).containsExactly(example, example);
  }

  @Test
  void readsBackWhatItWrites() {
    List<FineTuningExample> examples =
        List.of(
            new FineTuningExample(Conversation.ofUser("a"), "b"),
            new FineTuningExample(
                new Conversation(List.of(new Message("system", "c"), new Message("user", "d"))),
                "e"));
    Path file = folder.resolve("sft.jsonl");
    FineTuningExamples.write(file, examples);

    assertThat(FineTuningExamples.read(file)).isEqualTo(examples);
  }

  @Test
  void namesTheLineOfAnEmptyOrMissingCompletion() throws IOException {
    Path empty = file("{\"prompt\": \"a\", \"completion\": \"\"}");
    assertThatThrownBy(() -> FineTuningExamples.read(empty))
        .isInstanceOf(UserError.class)
        .hasMessage(empty + ":1: 'completion' is empty");

    Path missing = file("{\"prompt\": \"a\"}");
    assertThatThrownBy(() -> FineTuningExamples.read(missing))
        .isInstanceOf(UserError.class)
        .hasMessage(missing + ":1: 'completion' is missing");
  }

  private Path file(String lines) throws IOException {
    return Files.writeString(folder.resolve("sft.jsonl"), lines);
  }
}

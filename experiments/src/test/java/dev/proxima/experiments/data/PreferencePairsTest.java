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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferencePairsTest {

  private static final Message SYSTEM = new Message("system", "Be brief.");
  private static final Message QUESTION = new Message("user", "Why?");
  private static final PreferencePair PAIR =
      new PreferencePair(new Conversation(List.of(QUESTION)), "So.", "No idea.");

  @TempDir Path folder;

  @Test
  void readsStrings() throws IOException {
    assertThat(
            read(
                """
                {"prompt": "Why?", "chosen": "So.", "rejected": "No idea.", "score": 3}
                """))
        .isEqualTo(new PreferencePairs(List.of(PAIR), 0));
  }

  @Test
  void readsMessagesWithAPromptOfTheirOwn() throws IOException {
    PreferencePairs pairs =
        read(
            """
            {"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],\
             "chosen": [{"role": "assistant", "content": "So."}],\
             "rejected": [{"role": "assistant", "content": "No idea.", "name": "ignored"}]}
            """);

    assertThat(pairs.pairs())
        .containsExactly(
            new PreferencePair(new Conversation(List.of(SYSTEM, QUESTION)), "So.", "No idea."));
  }

  @Test
  void takesTheCommonTurnsOfWholeConversationsAsThePrompt() throws IOException {
    PreferencePairs pairs =
        read(
            """
            {"chosen": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}],\
             "rejected": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "No idea."}]}
            """);

    assertThat(pairs.pairs()).containsExactly(PAIR);
  }

  /** The form of HuggingFaceH4/ultrafeedback_binarized. */
  @Test
  void readsWholeConversationsThatRepeatThePrompt() throws IOException {
    PreferencePairs pairs =
        read(
            """
            {"prompt": "Why?",\
             "chosen": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}],\
             "rejected": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "No idea."}]}
            """);

    assertThat(pairs.pairs()).containsExactly(PAIR);
  }

  @Test
  void leavesOutAndCountsTies() throws IOException {
    PreferencePairs pairs =
        read(
            """
            {"prompt": "a", "chosen": "same", "rejected": "same"}
            {"prompt": "Why?", "chosen": "So.", "rejected": "No idea."}
            {"prompt": "b", "chosen": "same", "rejected": "same"}
            """);

    assertThat(pairs).isEqualTo(new PreferencePairs(List.of(PAIR), 2));
  }

  @Test
  void refusesAFileOfTiesOnly() throws IOException {
    assertThatThrownBy(() -> read("{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"b\"}"))
        .isInstanceOf(UserError.class)
        .hasMessage(file() + ": chosen and rejected are the same text on every line");
  }

  @Test
  void keepsAnEmptyRejectedResponse() throws IOException {
    assertThat(read("{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"\"}").pairs())
        .containsExactly(new PreferencePair(Conversation.ofUser("a"), "b", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"prompt": "a", "rejected": "c"}                                  | 'chosen' is missing
          {"prompt": "a", "chosen": "b"}                                    | 'rejected' is missing
          {"prompt": "a", "chosen": "b", "rejected": null}                  | 'rejected' is missing
          {"chosen": "b", "rejected": "c"}                                  | 'prompt' is missing
          {"prompt": 7, "chosen": "b", "rejected": "c"}                     | 'prompt' must be a string or a list of messages, not a value of type number
          {"prompt": "a", "chosen": {}, "rejected": "c"}                    | 'chosen' must be a string or a list of messages, not a value of type object
          {"prompt": " ", "chosen": "b", "rejected": "c"}                   | the prompt is empty
          {"prompt": "a", "chosen": " ", "rejected": "c"}                   | 'chosen' is empty
          {"prompt": "a", "chosen": [], "rejected": "c"}                    | 'chosen' has no messages
          {"prompt": "a", "chosen": ["b"], "rejected": "c"}                 | every message of 'chosen' needs 'role' and 'content', both of them strings
          {"prompt": "a", "chosen": [{"role": "user", "content": "b"}], "rejected": "c"} | the last message of 'chosen' must be the assistant's, not of role 'user'
          {"prompt": "z", "chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "c"}]} | the conversation before the reply does not end with 'prompt'
          {"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "z"}, {"role": "assistant", "content": "c"}]} | 'chosen' and 'rejected' must differ in their last message only
          {"prompt": [{"role": "assistant", "content": "a"}], "chosen": "b", "rejected": "c"} | the prompt ends with the assistant's message, so there is no question
          """)
  void namesTheLineAndWhatIsWrongWithIt(String line, String message) {
    String good = "{\"prompt\": \"x\", \"chosen\": \"y\", \"rejected\": \"z\"}\n";

    assertThatThrownBy(() -> read(good + line + "\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(file() + ":2: " + message);
  }

  @Test
  void readsBackWhatItWrites() {
    PreferencePairs pairs =
        new PreferencePairs(
            List.of(
                PAIR, new PreferencePair(new Conversation(List.of(SYSTEM, QUESTION)), "1", "2")),
            0);
    pairs.write(file());

    assertThat(PreferencePairs.read(file())).isEqualTo(pairs);
  }

  private PreferencePairs read(String lines) throws IOException {
    Files.writeString(file(), lines);
    return PreferencePairs.read(file());
  }

  private Path file() {
    return folder.resolve("pairs.jsonl");
  }
}

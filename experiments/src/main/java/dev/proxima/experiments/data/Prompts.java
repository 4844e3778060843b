package dev.proxima.experiments.data;

import dev.proxima.experiments.UserError;
import dev.proxima.models.tokenizer.Message;
import java.nio.file.Path;
import java.util.List;

/** Files of prompts alone. */
public final class Prompts {

  private Prompts() {}

  /**
   * Reads lines of {@code prompt}, a string or a list of messages; other fields are ignored.
   *
   * @throws UserError as in {@link JsonLines#forEach}, and with file and line for a prompt that is
   *     missing, empty, of another type, or that ends with the assistant's turn
   */
  public static List<Conversation> read(Path file) {
    return JsonLines.read(file, Prompts::prompt);
  }

  /** Writes the prompts as {@link #read} reads them. */
  public static void write(Path file, List<Conversation> prompts) {
    JsonLines.write(file, prompts.stream().map(PromptLine::new).toList());
  }

  static Conversation prompt(JsonLine line) {
    return conversation(line, line.messages("prompt", "user"));
  }

  static Conversation conversation(JsonLine line, List<Message> messages) {
    Message last = messages.get(messages.size() - 1);
    if (last.content().isBlank()) {
      throw line.error("the prompt is empty");
    }
    if (last.role().equals("assistant")) {
      throw line.error("the prompt ends with the assistant's message, so there is no question");
    }
    return new Conversation(messages);
  }

  private record PromptLine(Conversation prompt) {}
}

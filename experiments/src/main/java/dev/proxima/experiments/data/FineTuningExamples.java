package dev.proxima.experiments.data;

import dev.proxima.experiments.UserError;
import java.nio.file.Path;
import java.util.List;

/** Files of examples for supervised fine-tuning. */
public final class FineTuningExamples {

  private FineTuningExamples() {}

  /**
   * Reads lines of {@code prompt} and {@code completion}, each a string or a list of messages;
   * other fields are ignored.
   *
   * @throws UserError as in {@link JsonLines#forEach}, and with file and line for a missing field,
   *     a field of another type, and an empty prompt or completion
   */
  public static List<FineTuningExample> read(Path file) {
    return JsonLines.read(file, FineTuningExamples::example);
  }

  /** Writes the examples as {@link #read} reads them. */
  public static void write(Path file, List<FineTuningExample> examples) {
    JsonLines.write(file, examples);
  }

  private static FineTuningExample example(JsonLine line) {
    Reply completion = Reply.read(line, "completion");
    if (completion.text().isBlank()) {
      throw line.error("'completion' is empty");
    }
    return new FineTuningExample(completion.prompt(line), completion.text());
  }
}

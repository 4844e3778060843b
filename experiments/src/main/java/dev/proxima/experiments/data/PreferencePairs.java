package dev.proxima.experiments.data;

import dev.proxima.experiments.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A static preference set.
 *
 * @param pairs in the file's order, at least one where they were read
 * @param ties lines that were left out because chosen and rejected were the same text. Such a line
 *     states no preference and has no gradient under any pairwise loss; real sets contain a few, so
 *     they are counted for the caller to report rather than refused
 */
public record PreferencePairs(List<PreferencePair> pairs, int ties) {

  public PreferencePairs {
    pairs = List.copyOf(pairs);
  }

  /**
   * Reads lines of {@code prompt}, {@code chosen} and {@code rejected}; other fields are ignored.
   * Each is a string or a list of messages {@code {role, content}}. Where {@code chosen} and {@code
   * rejected} are whole conversations, they must differ in their last turn only, an assistant's,
   * and what comes before it is the prompt; {@code prompt} may then be absent, or must be the end
   * of that common part. An empty {@code rejected} is kept: saying nothing is a response.
   *
   * @throws UserError as in {@link JsonLines#forEach}, and with file and line for a missing field,
   *     a field of another type, an empty prompt or chosen, and conversations that do not share
   *     their prompt
   */
  public static PreferencePairs read(Path file) {
    List<PreferencePair> pairs = new ArrayList<>();
    int[] ties = {0};
    JsonLines.forEach(
        file,
        line -> {
          Reply chosen = Reply.read(line, "chosen");
          Reply rejected = Reply.read(line, "rejected");
          Conversation prompt = prompt(line, chosen, rejected);
          if (chosen.text().isBlank()) {
            throw line.error("'chosen' is empty");
          }
          if (chosen.text().equals(rejected.text())) {
            ties[0]++;
          } else {
            pairs.add(new PreferencePair(prompt, chosen.text(), rejected.text()));
          }
        });
    if (pairs.isEmpty()) {
      throw new UserError(file + ": chosen and rejected are the same text on every line");
    }
    return new PreferencePairs(pairs, ties[0]);
  }

  /** Writes the pairs as {@link #read} reads them. */
  public void write(Path file) {
    JsonLines.write(file, pairs);
  }

  /** Splits off held-out prompts, see {@link PromptPartition#split}. */
  public PromptPartition.Split<PreferencePair> split(double heldOutShare, long seed) {
    return PromptPartition.split(pairs, PreferencePair::prompt, heldOutShare, seed);
  }

  private static Conversation prompt(JsonLine line, Reply chosen, Reply rejected) {
    if (!chosen.context().equals(rejected.context())) {
      throw line.error("'chosen' and 'rejected' must differ in their last message only");
    }
    return chosen.prompt(line);
  }
}

package dev.proxima.experiments.scoring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Scores the responses of a file a chunk of lines at a time, so that memory does not grow with the
 * file. A line's score does not depend on the others.
 *
 * @param <S> a prompt with a response as the model takes it
 */
public final class ResponseScores<S> {

  /** Most tokens of a chunk, but for its last line: enough to group sequences by length. */
  private static final int CHUNK_TOKENS = 1 << 16;

  private final Scoring<S> scoring;
  private final PromptedResponses.Strings strings;
  private final Consumer<ObjectNode> out;
  private final List<Map<String, Optional<S>>> chunk = new ArrayList<>();
  private int chunkTokens;

  /** Ends the reading of a file from within. */
  private static final class Stopped extends RuntimeException {}

  private ResponseScores(
      Scoring<S> scoring, PromptedResponses.Strings strings, Consumer<ObjectNode> out) {
    this.scoring = scoring;
    this.strings = strings;
    this.out = out;
  }

  /**
   * @param out takes a line for each of the file's, in order: {@code logp_F}, the response's
   *     log-probability summed over its tokens in nats, and {@code tokens_F}, their number, for
   *     each field F among {@code chosen}, {@code rejected} and {@code completion}; both 0 where
   *     the prompt alone fills the longest sequence
   */
  public static ResponseScores<?> logps(
      LanguageModel model,
      ResponseEncoder encoder,
      PromptedResponses.Strings strings,
      Consumer<ObjectNode> out) {
    return new ResponseScores<>(new LogpScoring(model, encoder), strings, out);
  }

  /**
   * @param out takes a line for each of the file's, in order: {@code reward_F} for each field F,
   *     null where there is no token or are too many
   */
  public static ResponseScores<?> rewards(
      RewardModel model,
      RewardEncoder encoder,
      PromptedResponses.Strings strings,
      Consumer<ObjectNode> out) {
    return new ResponseScores<>(new RewardScoring(model, encoder), strings, out);
  }

  /**
   * Scores a whole file.
   *
   * @param stop asked before each line
   * @return whether it came to the end
   * @throws dev.proxima.experiments.UserError as in {@link JsonLines#forEach} and {@link
   *     PromptedResponses#read}, and where a line cannot be tokenised; the lines before are out
   */
  public boolean score(Path file, BooleanSupplier stop) {
    try {
      JsonLines.forEach(
          file,
          line -> {
            if (stop.getAsBoolean()) {
              throw new Stopped();
            }
            add(line);
          });
      return true;
    } catch (Stopped e) {
      return false;
    } finally {
      flush();
    }
  }

  private void add(JsonLine line) {
    Map<String, Optional<S>> sequences = encode(line);
    chunk.add(sequences);
    chunkTokens +=
        sequences.values().stream().flatMap(Optional::stream).mapToInt(scoring::tokens).sum();
    if (chunkTokens >= CHUNK_TOKENS) {
      flush();
    }
  }

  private Map<String, Optional<S>> encode(JsonLine line) {
    PromptedResponses read = PromptedResponses.read(line, strings);
    Map<String, Optional<S>> sequences = new LinkedHashMap<>();
    try {
      read.responses()
          .forEach((field, response) -> sequences.put(field, scoring.encode(read, response)));
      return sequences;
    } catch (IllegalArgumentException e) {
      throw line.error(e.getMessage());
    }
  }

  private void flush() {
    List<Map<String, Optional<S>>> lines = List.copyOf(chunk);
    chunk.clear();
    chunkTokens = 0;
    List<S> sequences =
        lines.stream().flatMap(line -> line.values().stream()).flatMap(Optional::stream).toList();
    double[] scores = sequences.isEmpty() ? new double[0] : scoring.scores(sequences);
    int next = 0;
    for (Map<String, Optional<S>> line : lines) {
      ObjectNode written = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, Optional<S>> response : line.entrySet()) {
        OptionalDouble score =
            response.getValue().isPresent()
                ? OptionalDouble.of(scores[next++])
                : OptionalDouble.empty();
        scoring.write(written, response.getKey(), response.getValue(), score);
      }
      out.accept(written);
    }
  }
}

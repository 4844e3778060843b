package dev.proxima.experiments.scoring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.TokenSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Scores the responses of a file a chunk of lines at a time, so that memory does not grow with the
 * file. A line's score does not depend on the others.
 */
public final class ResponseScores {

  /** Most tokens of a chunk, but for its last line: enough to group sequences by length. */
  private static final int CHUNK_TOKENS = 1 << 16;

  private final LanguageModel model;
  private final ResponseEncoder encoder;
  private final PromptedResponses.Strings strings;
  private final Consumer<ObjectNode> out;
  private final List<Map<String, Optional<TokenSequence>>> chunk = new ArrayList<>();
  private int chunkTokens;

  /** Ends the reading of a file from within. */
  private static final class Stopped extends RuntimeException {}

  /**
   * @param out takes a line for each of the file's, in order: {@code logp_F}, the response's
   *     log-probability summed over its tokens in nats, and {@code tokens_F}, their number, for
   *     each field F among {@code chosen}, {@code rejected} and {@code completion}; both 0 where
   *     the prompt alone fills the longest sequence
   */
  public ResponseScores(
      LanguageModel model,
      ResponseEncoder encoder,
      PromptedResponses.Strings strings,
      Consumer<ObjectNode> out) {
    this.model = model;
    this.encoder = encoder;
    this.strings = strings;
    this.out = out;
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
    Map<String, Optional<TokenSequence>> sequences = encode(line);
    chunk.add(sequences);
    chunkTokens +=
        sequences.values().stream()
            .flatMap(Optional::stream)
            .mapToInt(sequence -> sequence.tokens().length)
            .sum();
    if (chunkTokens >= CHUNK_TOKENS) {
      flush();
    }
  }

  private Map<String, Optional<TokenSequence>> encode(JsonLine line) {
    PromptedResponses read = PromptedResponses.read(line, strings);
    Map<String, Optional<TokenSequence>> sequences = new LinkedHashMap<>();
    try {
      read.responses()
          .forEach((field, response) -> sequences.put(field, read.encoded(encoder, response)));
      return sequences;
    } catch (IllegalArgumentException e) {
      throw line.error(e.getMessage());
    }
  }

  private void flush() {
    List<Map<String, Optional<TokenSequence>>> lines = List.copyOf(chunk);
    chunk.clear();
    chunkTokens = 0;
    List<TokenSequence> sequences =
        lines.stream().flatMap(line -> line.values().stream()).flatMap(Optional::stream).toList();
    double[] logps = sequences.isEmpty() ? new double[0] : model.logps(sequences);
    int next = 0;
    for (Map<String, Optional<TokenSequence>> line : lines) {
      ObjectNode scores = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, Optional<TokenSequence>> response : line.entrySet()) {
        boolean any = response.getValue().isPresent();
        scores.put("logp_" + response.getKey(), any ? logps[next++] : 0);
        scores.put(
            "tokens_" + response.getKey(),
            response.getValue().map(TokenSequence::responseLength).orElse(0));
      }
      out.accept(scores);
    }
  }
}

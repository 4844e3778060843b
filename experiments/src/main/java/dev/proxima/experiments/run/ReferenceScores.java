package dev.proxima.experiments.run;

import dev.proxima.algorithms.numeric.OrderedSum;
import dev.proxima.experiments.run.GivenPairs.Encoded;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.io.Sha256;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The reference's log-probabilities of given pairs, computed once and kept in a file: those of the
 * chosen responses' tokens, one after the other, and those of the rejected ones'.
 */
final class ReferenceScores {

  private static final String CHOSEN = "chosen";
  private static final String REJECTED = "rejected";
  private static final String PAIRS = "pairs_sha256";

  /** Pairs between two looks at whether to stop. */
  private static final int CHUNK_PAIRS = 64;

  private final Path file;
  private final List<Encoded> pairs;
  private final String fingerprint;

  ReferenceScores(Path file, List<Encoded> pairs) {
    this.file = file;
    this.pairs = pairs;
    this.fingerprint = fingerprint(pairs);
  }

  /** Whether the file holds the scores of these very pairs. */
  boolean exist() {
    if (Files.notExists(file)) {
      return false;
    }
    try (SafetensorsFile scores = SafetensorsFile.open(file)) {
      return fingerprint.equals(scores.metadata().get(PAIRS));
    }
  }

  /**
   * Scores the pairs with the reference and writes the file.
   *
   * @param progress told the number of pairs scored so far
   * @return false where {@code stop} was true before the last; nothing is written then
   */
  boolean compute(Supplier<LanguageModel> reference, BooleanSupplier stop, IntConsumer progress) {
    List<double[]> chosen = new ArrayList<>();
    List<double[]> rejected = new ArrayList<>();
    try (LanguageModel model = reference.get()) {
      for (int from = 0; from < pairs.size(); from += CHUNK_PAIRS) {
        if (stop.getAsBoolean()) {
          return false;
        }
        List<Encoded> chunk = pairs.subList(from, Math.min(from + CHUNK_PAIRS, pairs.size()));
        double[][] logps =
            model.tokenLogps(
                Stream.concat(
                        chunk.stream().map(Encoded::chosen), chunk.stream().map(Encoded::rejected))
                    .toList());
        for (int i = 0; i < chunk.size(); i++) {
          chosen.add(logps[i]);
          rejected.add(logps[chunk.size() + i]);
        }
        progress.accept(from + chunk.size());
      }
    }
    write(Map.of(CHOSEN, floats(chosen), REJECTED, floats(rejected)));
    return true;
  }

  /** The pairs with what the file says of them. */
  List<TokenPair> pairs() {
    try (SafetensorsFile scores = SafetensorsFile.open(file)) {
      FloatBuffer chosen = scores.floats(CHOSEN);
      FloatBuffer rejected = scores.floats(REJECTED);
      return pairs.stream()
          .map(
              pair -> {
                double[] chosenTokens = next(chosen, pair.chosen());
                double[] rejectedTokens = next(rejected, pair.rejected());
                return new TokenPair(
                    pair.chosen(),
                    pair.rejected(),
                    OrderedSum.of(chosenTokens),
                    OrderedSum.of(rejectedTokens),
                    Optional.of(new ReferenceTokens(chosenTokens, rejectedTokens)),
                    Optional.empty());
              })
          .toList();
    }
  }

  private void write(Map<String, FloatBuffer> tensors) {
    TreeMap<String, long[]> shapes = new TreeMap<>();
    tensors.forEach((name, floats) -> shapes.put(name, new long[] {floats.limit()}));
    SafetensorsWriter.write(file, shapes, tensors::get, Map.of(PAIRS, fingerprint));
  }

  private static FloatBuffer floats(List<double[]> rows) {
    FloatBuffer floats = FloatBuffer.allocate(rows.stream().mapToInt(row -> row.length).sum());
    for (double[] row : rows) {
      for (double value : row) {
        floats.put((float) value);
      }
    }
    return floats.flip();
  }

  private static double[] next(FloatBuffer floats, TokenSequence sequence) {
    double[] tokens = new double[sequence.responseLength()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = floats.get();
    }
    return tokens;
  }

  private static String fingerprint(List<Encoded> pairs) {
    int tokens = 0;
    for (Encoded pair : pairs) {
      tokens += 4 + pair.chosen().tokens().length + pair.rejected().tokens().length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tokens, Integer.BYTES));
    for (Encoded pair : pairs) {
      for (TokenSequence sequence : List.of(pair.chosen(), pair.rejected())) {
        bytes.putInt(sequence.promptLength()).putInt(sequence.tokens().length);
        for (int token : sequence.tokens()) {
          bytes.putInt(token);
        }
      }
    }
    try {
      return Sha256.of(new ByteArrayInputStream(bytes.array()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

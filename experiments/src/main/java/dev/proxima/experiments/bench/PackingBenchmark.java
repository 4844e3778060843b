package dev.proxima.experiments.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LearningRate;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.djl.TorchEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Training on sequences of different lengths as they are (packed), against the same sequences
 * filled up to the longest of the batch, or to the longest of eight of like length. All by the same
 * trainer, which takes as many to a micro-batch as fit; filling goes before a sequence, so that
 * each layout predicts the same response tokens.
 *
 * <p>Lengths are drawn as chat data has them, from a log-normal distribution (median 128, sigma
 * 0.8) cut to 16 to 512 tokens; half of each sequence is the response.
 */
public final class PackingBenchmark {

  private static final int SEQUENCES = 32;
  private static final int GROUP = 8;
  private static final int SHORTEST = 16;
  private static final int LONGEST = 512;
  private static final double MEDIAN = 128;
  private static final double SIGMA = 0.8;
  private static final int MICRO_BATCH_TOKENS = 4096;
  private static final int SEED = 17;

  /** How sequences are laid out. */
  private enum Layout {
    PACKED("packed", batch -> batch),
    GROUPED("filled up, grouped by length", PackingBenchmark::grouped),
    FILLED("filled up to the longest", PackingBenchmark::filled);

    private final String label;
    private final UnaryOperator<List<TokenSequence>> of;

    Layout(String label, UnaryOperator<List<TokenSequence>> of) {
      this.label = label;
      this.of = of;
    }
  }

  private PackingBenchmark() {}

  /**
   * Measures each layout in turn, in every round.
   *
   * @param rounds at least 1; one more warms up
   * @param threads threads of one operation, 0 for all cores
   */
  public static BenchmarkResult run(BenchModel shape, int rounds, int threads, Terminal terminal) {
    TorchEngine engine = TorchEngine.create(threads);
    Map<Layout, List<Double>> seconds = new EnumMap<>(Layout.class);
    List<TokenSequence> batch = batch(shape.config().vocabSize());
    try (TemporaryFolder work = TemporaryFolder.create()) {
      ModelFolder folder = shape.write(engine, work.path());
      try (Trainer trainer = trainer(engine, folder)) {
        terminal.stage("packing", (rounds + 1L) * Layout.values().length, "measurements");
        int done = 0;
        for (int round = 0; round <= rounds; round++) {
          for (Layout layout : Layout.values()) {
            List<TokenSequence> laidOut = layout.of.apply(batch);
            long start = System.nanoTime();
            trainer.fineTune(laidOut);
            if (round > 0) {
              seconds
                  .computeIfAbsent(layout, each -> new ArrayList<>())
                  .add((System.nanoTime() - start) * 1e-9);
            }
            terminal.advance(++done);
          }
        }
      }
    }
    return new Result(batch, seconds);
  }

  private static Trainer trainer(TorchEngine engine, ModelFolder folder) {
    return engine.trainer(
        folder.parameters(),
        folder.config(),
        ComputeDevice.CPU,
        new Optimisation(
                OptimiserOptions.AdamW.DEFAULT,
                LearningRate.constant(1e-6),
                0,
                1,
                MICRO_BATCH_TOKENS)
            .over(Integer.MAX_VALUE, 0));
  }

  private static List<TokenSequence> batch(int vocabulary) {
    RandomStream lengths = RandomStream.of(SEED, "bench lengths");
    return IntStream.range(0, SEQUENCES)
        .mapToObj(
            row -> {
              double drawn = MEDIAN * StrictMath.exp(SIGMA * lengths.gaussian(row));
              int length = (int) Math.min(LONGEST, Math.max(SHORTEST, drawn));
              return new TokenSequence(tokens(length, row, vocabulary), length / 2);
            })
        .toList();
  }

  private static int[] tokens(int length, int row, int vocabulary) {
    RandomStream random = RandomStream.of(SEED, "bench tokens", row);
    return IntStream.range(0, length).map(i -> random.below(vocabulary, i)).toArray();
  }

  private static List<TokenSequence> grouped(List<TokenSequence> batch) {
    List<TokenSequence> byLength =
        batch.stream().sorted(Comparator.comparingInt(each -> each.tokens().length)).toList();
    List<TokenSequence> filled = new ArrayList<>();
    for (int from = 0; from < byLength.size(); from += GROUP) {
      filled.addAll(filled(byLength.subList(from, Math.min(from + GROUP, byLength.size()))));
    }
    return filled;
  }

  private static List<TokenSequence> filled(List<TokenSequence> batch) {
    int longest = batch.stream().mapToInt(each -> each.tokens().length).max().orElseThrow();
    return batch.stream().map(each -> filled(each, longest)).toList();
  }

  /** Fills with the sequence's own tokens, as no two sequences then begin alike and share them. */
  private static TokenSequence filled(TokenSequence sequence, int length) {
    int[] tokens = sequence.tokens();
    int filling = length - tokens.length;
    int[] longer = new int[length];
    Arrays.setAll(longer, i -> tokens[Math.floorMod(i - filling, tokens.length)]);
    return new TokenSequence(longer, filling + sequence.promptLength());
  }

  private record Result(List<TokenSequence> batch, Map<Layout, List<Double>> seconds)
      implements BenchmarkResult {

    @Override
    public String text() {
      long tokens = count(batch);
      double packed = Median.of(seconds.get(Layout.PACKED));
      StringBuilder text = new StringBuilder();
      text.append(
          "%d sequences of %d to %d tokens, %d in all%n"
              .formatted(
                  batch.size(),
                  batch.stream().mapToInt(each -> each.tokens().length).min().orElseThrow(),
                  batch.stream().mapToInt(each -> each.tokens().length).max().orElseThrow(),
                  tokens));
      seconds.forEach(
          (layout, rounds) -> {
            double median = Median.of(rounds);
            text.append(
                String.format(
                    Locale.ROOT,
                    "%-30s %8.0f tokens/s, %2.0f %% filling; packed is x %.2f%n",
                    layout.label,
                    tokens / median,
                    100 - 100.0 * tokens / count(layout.of.apply(batch)),
                    median / packed));
          });
      return text.append("Medians of the rounds; filling does not count as tokens.\n").toString();
    }

    /** Has the seconds of every round. */
    @Override
    public String json() {
      ObjectNode root = new ObjectMapper().createObjectNode();
      root.put("tokens", count(batch));
      ObjectNode layouts = root.putObject("seconds");
      seconds.forEach((layout, rounds) -> rounds.forEach(layouts.withArray(layout.label)::add));
      return root.toPrettyString();
    }
  }

  private static long count(List<TokenSequence> batch) {
    return batch.stream().mapToLong(each -> each.tokens().length).sum();
  }
}

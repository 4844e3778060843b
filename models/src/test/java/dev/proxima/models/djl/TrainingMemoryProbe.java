package dev.proxima.models.djl;

import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains with AdamW and prints what the process's resident set grows by, in bytes: first by a
 * trainer between two steps, then at the peak of a step. A program of its own, so that its heap can
 * be fixed and its allocations be handed back at once.
 */
final class TrainingMemoryProbe {

  static final ModelConfig CONFIG =
      ModelConfig.llama(2000, 256, 704, 4, 4, 2, 256, 1e-5, 10000, false, 0, 1, 2);
  static final OptimiserOptions ADAMW = OptimiserOptions.AdamW.DEFAULT;
  static final int SEQUENCES = 8;
  static final int LENGTH = 256;
  static final int PROMPT = 128;

  private TrainingMemoryProbe() {}

  /**
   * @param args a precision, and whether layers are checkpointed
   */
  public static void main(String[] args) throws IOException {
    EngineOptions options =
        new EngineOptions(1, Precision.valueOf(args[0]), Boolean.parseBoolean(args[1]), 1 << 20);
    TorchEngine engine = TorchEngine.create(options);
    Path parameters = Files.createTempFile("parameters", ".safetensors");
    try {
      engine.initialise(CONFIG, 1, parameters);
      step(engine, Fixtures.path("tied.safetensors"), Fixtures.TINY).close();
      long before = resident("RssAnon:");
      try (Trainer trainer = step(engine, parameters, CONFIG)) {
        // Of different shapes, and the most of several: TorchScript keeps less of what it has found
        // not to change, until it does.
        long peak = 0;
        for (int round = 0; round < 4; round++) {
          trainer.fineTune(batch(SEQUENCES / 2, LENGTH - round, PROMPT));
          long between = resident("VmRSS:");
          Files.writeString(Path.of("/proc/self/clear_refs"), "5");
          trainer.fineTune(batch(SEQUENCES, LENGTH, PROMPT));
          peak = Math.max(peak, resident("VmHWM:") - between);
        }
        System.out.println(resident("RssAnon:") - before);
        System.out.println(peak);
      }
    } finally {
      Files.delete(parameters);
    }
  }

  /** A trainer that has made a small step, and so has its gradients. */
  private static Trainer step(TorchEngine engine, Path parameters, ModelConfig config) {
    Trainer trainer =
        engine.trainer(
            parameters,
            config,
            Fixtures.CPU,
            new Optimisation(ADAMW, LearningRate.constant(1e-6), 0, 1, SEQUENCES * LENGTH)
                .over(10, 0));
    trainer.fineTune(batch(1, 4, 1));
    return trainer;
  }

  private static List<TokenSequence> batch(int sequences, int length, int prompt) {
    return IntStream.range(0, sequences)
        .mapToObj(
            row -> {
              int[] tokens = new int[length];
              Arrays.setAll(tokens, i -> 3 + (31 * row + 7 * i) % 40);
              return new TokenSequence(tokens, prompt);
            })
        .toList();
  }

  private static long resident(String key) throws IOException {
    // Buffers outside the heap go after the collection that has found them.
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}

package dev.proxima.models.djl;

import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains, with and without checkpoints and with adapters, scores and generates; prints the
 * process's resident set in KiB on the way. A program of its own, so that its heap can be fixed and
 * nothing else adds to it.
 */
final class MemoryProbe {

  private MemoryProbe() {}

  /**
   * @param args steps of each kind between two readings, and readings
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[0]);
    int readings = Integer.parseInt(args[1]);
    TorchEngine plain = TorchEngine.create(1);
    TorchEngine sparing =
        TorchEngine.create(new EngineOptions(1, Precision.FLOAT32, true, 1 << 20));
    List<TokenPair> pairs = Fixtures.pairs(2);
    List<int[]> prompts = List.of(new int[] {3, 4, 5}, new int[] {6, 7});
    LoraOptions lora = new LoraOptions(2, 4, 0.1, List.of(), false);
    try (Trainer trainer = trainer(plain, Fixtures.options(1e-6, 64));
        Trainer checkpointed = trainer(sparing, Fixtures.options(1e-6, 64));
        Trainer adapters = trainer(plain, Fixtures.options(lora, 64));
        LanguageModel model =
            plain.load(Fixtures.path("tied.safetensors"), Fixtures.TINY, Fixtures.CPU)) {
      for (int reading = 0; reading < readings; reading++) {
        for (int step = 0; step < steps; step++) {
          trainer.prefer(pairs, Fixtures.DPO);
          checkpointed.prefer(pairs, Fixtures.DPO);
          adapters.prefer(pairs, Fixtures.DPO);
          model.logps(Fixtures.sequences(2));
          model.generate(prompts, new SamplingOptions(2, 1, 1, 4), Fixtures.draws(step));
        }
        System.out.println(residentKib());
      }
    }
  }

  private static Trainer trainer(TorchEngine engine, TrainingOptions options) {
    return engine.trainer(Fixtures.path("tied.safetensors"), Fixtures.TINY, Fixtures.CPU, options);
  }

  private static long residentKib() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}

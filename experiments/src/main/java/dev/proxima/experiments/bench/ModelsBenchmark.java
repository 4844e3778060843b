package dev.proxima.experiments.bench;

import dev.proxima.experiments.bench.Workload.Kind;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.djl.MachinePeak;
import dev.proxima.models.djl.TorchEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Training and generation speed of a model, side by side with a Python peer: the contenders take
 * turns in every round, so that a change of the machine's load meets them alike.
 */
public final class ModelsBenchmark {

  /**
   * What to measure.
   *
   * @param model a model folder of the user's; empty for {@code shape}
   * @param shape a random model
   * @param python an interpreter with torch and transformers, to measure beside
   * @param rounds measurements of each workload by each contender, at least 1
   * @param sequences sequences of a training step, at least 1
   * @param length tokens of each, at least 2
   * @param batches responses sampled together
   * @param prompt prompt tokens of each, at least 1
   * @param response tokens sampled for each, at least 1
   * @param threads threads of one operation, 0 for all cores
   */
  public record Options(
      Optional<Path> model,
      BenchModel shape,
      Optional<Path> python,
      int rounds,
      int sequences,
      int length,
      List<Integer> batches,
      int prompt,
      int response,
      int threads) {

    List<Workload> workloads() {
      List<Workload> workloads = new ArrayList<>();
      workloads.add(new Workload(Kind.TRAIN, sequences, 1, length - 1));
      batches.forEach(rows -> workloads.add(new Workload(Kind.GENERATE, rows, prompt, response)));
      return workloads;
    }
  }

  private ModelsBenchmark() {}

  /** Measures, with progress on the terminal. */
  public static ModelsResult run(Options options, Terminal terminal) {
    TorchEngine engine = TorchEngine.create(options.threads());
    terminal.line("Measuring this machine's peak ...");
    MachinePeak peak = MachinePeak.measure(engine);
    try (TemporaryFolder work = TemporaryFolder.create()) {
      ModelFolder folder =
          options
              .model()
              .map(ModelFolder::open)
              .orElseGet(() -> options.shape().write(engine, work.path()));
      return run(options, engine, peak, folder, work.path(), terminal);
    }
  }

  private static ModelsResult run(
      Options options,
      TorchEngine engine,
      MachinePeak peak,
      ModelFolder folder,
      Path work,
      Terminal terminal) {
    List<Workload> workloads = options.workloads();
    List<Contender> contenders = new ArrayList<>();
    try {
      contenders.add(new ProximaContender(engine, folder, workloads.get(0)));
      options
          .python()
          .ifPresent(
              python ->
                  contenders.add(
                      new PythonContender(python, folder, engine.info().threads(), work)));
      List<ModelsResult.Line> lines = new ArrayList<>();
      for (Workload workload : workloads) {
        lines.add(measure(workload, contenders, options.rounds(), folder.config(), peak, terminal));
      }
      return new ModelsResult(
          peak,
          engine.info().threads(),
          parameters(folder),
          folder.config(),
          lines,
          workloads.get(0).trainingMemory(folder.config()));
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  /** One round more than asked for: the first warms up and does not count. */
  private static ModelsResult.Line measure(
      Workload workload,
      List<Contender> contenders,
      int rounds,
      ModelConfig config,
      MachinePeak peak,
      Terminal terminal) {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    contenders.forEach(Contender::forgetPeakMemory);
    terminal.stage(workload.name(), (rounds + 1L) * contenders.size(), "measurements");
    int done = 0;
    for (int round = 0; round <= rounds; round++) {
      for (Contender contender : contenders) {
        double rate = contender.tokensPerSecond(workload);
        if (round > 0) {
          rates.computeIfAbsent(contender.name(), name -> new ArrayList<>()).add(rate);
        }
        terminal.advance(++done);
      }
    }
    Map<String, Long> memory = new LinkedHashMap<>();
    contenders.forEach(each -> memory.put(each.name(), each.peakMemory()));
    return new ModelsResult.Line(
        workload.name(), workload.tokens() / workload.floorSeconds(config, peak), rates, memory);
  }

  private static long parameters(ModelFolder folder) {
    try {
      return Files.size(folder.parameters()) / Float.BYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

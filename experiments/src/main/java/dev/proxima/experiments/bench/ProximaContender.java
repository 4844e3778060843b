package dev.proxima.experiments.bench;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.LearningRate;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.djl.TorchEngine;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** This program, in this process. */
final class ProximaContender implements Contender {

  private static final long SEED = 17;

  private final int vocabulary;
  private final LanguageModel model;
  private final Trainer trainer;

  ProximaContender(TorchEngine engine, ModelFolder folder, Workload largest) {
    vocabulary = folder.config().vocabSize();
    model = engine.load(folder.parameters(), folder.config(), ComputeDevice.CPU);
    trainer =
        engine.trainer(
            folder.parameters(),
            folder.config(),
            ComputeDevice.CPU,
            new Optimisation(
                    OptimiserOptions.AdamW.DEFAULT,
                    LearningRate.constant(1e-6),
                    0,
                    1,
                    Math.toIntExact(largest.tokens()))
                .over(Integer.MAX_VALUE, 0));
  }

  @Override
  public String name() {
    return "proxima";
  }

  @Override
  public double tokensPerSecond(Workload workload) {
    long start = System.nanoTime();
    long tokens =
        switch (workload.kind()) {
          case TRAIN -> train(workload);
          case GENERATE -> generate(workload);
        };
    return tokens / ((System.nanoTime() - start) * 1e-9);
  }

  @Override
  public void forgetPeakMemory() {
    PeakMemory.reset();
  }

  @Override
  public long peakMemory() {
    return PeakMemory.bytes();
  }

  @Override
  public void close() {
    model.close();
    trainer.close();
  }

  private long train(Workload workload) {
    int[] tokens = new int[workload.prompt() + workload.response()];
    List<TokenSequence> batch =
        IntStream.range(0, workload.rows())
            .mapToObj(row -> new TokenSequence(drawn(tokens.length, row), workload.prompt()))
            .toList();
    trainer.fineTune(batch);
    return workload.tokens();
  }

  private long generate(Workload workload) {
    List<int[]> prompts =
        IntStream.range(0, workload.rows()).mapToObj(row -> drawn(workload.prompt(), row)).toList();
    RandomStream random = RandomStream.of(SEED, "bench");
    return model
        .generate(
            prompts,
            new SamplingOptions(1, 1, 1, workload.response()),
            (prompt, response, position) ->
                random.uniform((long) prompt * workload.response() + position))
        .stream()
        .flatMap(List::stream)
        .map(SampledResponse::tokens)
        .mapToLong(tokens -> tokens.length)
        .sum();
  }

  private int[] drawn(int length, int row) {
    int[] tokens = new int[length];
    RandomStream random = RandomStream.of(SEED, "bench tokens", row);
    Arrays.setAll(tokens, i -> (int) (random.uniform(i) * vocabulary));
    return tokens;
  }
}

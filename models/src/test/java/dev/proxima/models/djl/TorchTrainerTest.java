package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LearningRate.Schedule;
import dev.proxima.models.LearningRate.WarmupFrom;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TorchTrainerTest {

  private static final Path START = Fixtures.path("tied.safetensors");

  @TempDir Path folder;

  @Test
  void aPreferenceStepReportsTheStateBeforeIt() {
    List<TokenPair> pairs = Fixtures.pairs(6);
    try (LanguageModel model = Fixtures.ENGINE.load(START, Fixtures.TINY, ComputeDevice.CPU);
        Trainer trainer = trainer(Fixtures.options(1e-3, 64))) {
      Trainer.PreferenceStep step = trainer.prefer(pairs, Fixtures.DPO);

      double[] chosen = model.logps(pairs.stream().map(TokenPair::chosen).toList());
      double[] rejected = model.logps(pairs.stream().map(TokenPair::rejected).toList());
      assertThat(step.policyChosen()).containsExactly(chosen, within(1e-4));
      assertThat(step.policyRejected()).containsExactly(rejected, within(1e-4));
      for (int i = 0; i < pairs.size(); i++) {
        double margin =
            chosen[i]
                - pairs.get(i).referenceChosen()
                - (rejected[i] - pairs.get(i).referenceRejected());
        assertThat(step.losses()[i]).isCloseTo(Math.log1p(Math.exp(-0.1 * margin)), within(1e-5));
      }
      assertThat(step.tokens())
          .isEqualTo(
              pairs.stream()
                  .flatMap(pair -> Stream.of(pair.chosen(), pair.rejected()))
                  .mapToInt(TokenSequence::responseLength)
                  .sum());
    }
  }

  @Test
  void theLearningRateFollowsTheSchedule() {
    TrainingOptions options =
        new Optimisation(
                OptimiserOptions.AdamW.DEFAULT,
                new LearningRate(0.01, 0.5, WarmupFrom.FIRST_STEP, Schedule.LINEAR),
                0,
                0,
                1000)
            .over(4, 0);
    try (Trainer trainer = trainer(options)) {
      // Two steps of warm-up, then down to 0 at step 4.
      for (double rate : new double[] {0.005, 0.01, 0.01, 0.005}) {
        assertThat(trainer.fineTune(Fixtures.sequences(2)).learningRate())
            .isCloseTo(rate, within(1e-12));
      }
    }
  }

  @Test
  void theResultDoesNotDependOnTheMicroBatchSize() {
    Path whole = trained("whole", 100_000);
    Path split = trained("split", 30);
    try (SafetensorsFile expected = SafetensorsFile.open(whole);
        SafetensorsFile actual = SafetensorsFile.open(split)) {
      for (String name : expected.tensors().keySet()) {
        assertThat(relativeDistance(actual.floats(name), expected.floats(name)))
            .as(name)
            .isLessThan(1e-6);
      }
    }
    try (Trainer once = trainer(Fixtures.options(1e-3, 100_000));
        Trainer often = trainer(Fixtures.options(1e-3, 30))) {
      double expected = once.fineTune(Fixtures.sequences(16)).gradNorm();
      double actual = often.fineTune(Fixtures.sequences(16)).gradNorm();
      assertThat(actual).isCloseTo(expected, within(1e-6 * expected));
    }
  }

  @Test
  void trainingIsReproducibleToTheBitAlsoOnTwoThreadsAtOnce() throws IOException {
    Path alone = trained("alone", 60);
    CompletableFuture<Path> first = CompletableFuture.supplyAsync(() -> trained("first", 60));
    CompletableFuture<Path> second = CompletableFuture.supplyAsync(() -> trained("second", 60));
    byte[] expected = Files.readAllBytes(alone);
    assertThat(Files.readAllBytes(first.join())).isEqualTo(expected);
    assertThat(Files.readAllBytes(second.join())).isEqualTo(expected);
    assertThat(Files.readAllBytes(START)).isNotEqualTo(expected);
  }

  @Test
  void aStepThatFailedLeavesNoGradientBehind() throws IOException {
    Path expected = folder.resolve("expected");
    Path actual = folder.resolve("actual");
    try (Trainer clean = trainer(Fixtures.options(1e-3, 30));
        Trainer disturbed = trainer(Fixtures.options(1e-3, 30))) {
      int[] calls = {0};
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  disturbed.prefer(
                      Fixtures.pairs(6),
                      logps -> {
                        if (calls[0]++ == 1) {
                          throw new IllegalStateException("in the second micro-batch");
                        }
                        return Fixtures.DPO.apply(logps);
                      }));
      clean.fineTune(Fixtures.sequences(4));
      clean.save(expected);
      disturbed.fineTune(Fixtures.sequences(4));
      disturbed.save(actual);
    }
    assertThat(actual).hasSameBinaryContentAs(expected);
  }

  @Test
  void anUntouchedModelIsSavedAsItWas() {
    try (Trainer trainer = trainer(Fixtures.options(1e-3, 30))) {
      trainer.save(folder.resolve("copy"));
    }
    try (SafetensorsFile expected = SafetensorsFile.open(START);
        SafetensorsFile actual = SafetensorsFile.open(folder.resolve("copy"))) {
      assertThat(actual.tensors().keySet()).isEqualTo(expected.tensors().keySet());
      for (String name : expected.tensors().keySet()) {
        assertThat(actual.floats(name)).as(name).isEqualTo(expected.floats(name));
      }
      assertThat(actual.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void badBatchesAreRefusedInOneLine() {
    try (Trainer trainer = trainer(Fixtures.options(1e-3, 30))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.prefer(List.of(), Fixtures.DPO))
          .withMessage("a training step needs at least one example");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.fineTune(List.of(new TokenSequence(new int[65], 1))))
          .withMessage("a sequence of 65 tokens is longer than max_position_embeddings, 64");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.fineTune(List.of(new TokenSequence(new int[] {3, 48}, 1))))
          .withMessageStartingWith("token 48 is outside the model's vocabulary of 48");
    }
  }

  /**
   * Were one hidden state of a step (8 x 24 x 256 floats, 192 KiB) kept, 200 steps would add 37
   * MiB; were one attention or vocabulary array kept, far more.
   */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void twoHundredStepsDoNotGrowTheProcess() throws IOException {
    ModelConfig wide = ModelConfig.llama(64, 256, 64, 1, 4, 2, 64, 1e-5, 10000, true, 0, 1, 2);
    Path start = folder.resolve("wide");
    Fixtures.ENGINE.initialise(wide, 1, start);
    try (Trainer trainer =
        Fixtures.ENGINE.trainer(start, wide, ComputeDevice.CPU, Fixtures.options(1e-4, 100_000))) {
      train(trainer, 60);
      long before = residentKib();
      train(trainer, 200);
      assertThat(residentKib() - before).isLessThan(24 << 10);
    }
  }

  private static void train(Trainer trainer, int steps) {
    for (int i = 0; i < steps / 2; i++) {
      trainer.fineTune(Fixtures.sequences(8));
      trainer.prefer(Fixtures.pairs(4), Fixtures.DPO);
    }
  }

  private static long residentKib() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private Path trained(String name, int microBatchTokens) {
    Path result = folder.resolve(name);
    try (Trainer trainer = trainer(Fixtures.options(1e-3, microBatchTokens))) {
      for (int step = 0; step < 3; step++) {
        trainer.fineTune(Fixtures.sequences(12));
        trainer.prefer(Fixtures.pairs(6), Fixtures.DPO);
      }
      trainer.save(result);
    }
    return result;
  }

  private static Trainer trainer(TrainingOptions options) {
    return Fixtures.ENGINE.trainer(START, Fixtures.TINY, ComputeDevice.CPU, options);
  }

  /** |a - b| / |b| in the L2 norm. */
  private static double relativeDistance(FloatBuffer a, FloatBuffer b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < b.limit(); i++) {
      difference += Math.pow(a.get(i) - b.get(i), 2);
      norm += Math.pow(b.get(i), 2);
    }
    return Math.sqrt(difference / norm);
  }
}

package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer;
import dev.proxima.models.Trainer.PreferenceStep;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shares of a batch on several devices, which are all the CPU. Seven pairs are four shares of two,
 * two, two and one.
 */
class SharedPassesTest {

  private static final int SHARES = 4;
  private static final Path START = Fixtures.path("tied.safetensors");
  private static final List<TokenPair> PAIRS = ObjectiveTrainingTest.pairs(7, 5);
  private static final LowerLevel UNROLLED = new LowerLevel.Unrolled(2, 0.1);
  private static final LowerLevel CONSTRAINED =
      new LowerLevel.Constrained(SftValue.parse("0.1"), new DynamicBarrier(100, 1));

  /** A learning rate at which nothing moves, and no clipping. */
  private static final TrainingOptions STILL =
      new Optimisation(OptimiserOptions.AdamW.DEFAULT, LearningRate.constant(1e-30), 0, 0, 60)
          .over(1, 0);

  @TempDir Path folder;

  static Stream<PreferenceObjective> objectives() {
    return ObjectiveTrainingTest.objectives();
  }

  /** Batches that an objective couples stay coupled over all shares. */
  @ParameterizedTest
  @MethodSource("objectives")
  void sharesMakeTheGradientOfTheWholeBatch(PreferenceObjective objective) {
    assertSameStep(objective, LowerLevel.NONE);
  }

  @Test
  void spoSeesTheWholeBatch() {
    PreferenceObjective dpo = Objectives.create("dpo", Map.of());
    assertSameStep(dpo, UNROLLED);
    assertThat(assertSameStep(dpo, CONSTRAINED).multiplier().orElseThrow()).isPositive();
  }

  private static PreferenceStep assertSameStep(PreferenceObjective objective, LowerLevel lower) {
    try (DecoderParameters one = Fixtures.parameters();
        DecoderParameters many = Fixtures.parameters()) {
      Trainer whole = new TorchTrainer(one, EngineOptions.DEFAULT, STILL);
      Trainer shared =
          new TorchTrainer(
              TrainedDecoder.whole(many, STILL),
              EngineOptions.DEFAULT,
              STILL,
              new ShareHosts(Collections.nCopies(2, Device.cpu()), SHARES, Optional.empty()));
      PreferenceStep expected = whole.prefer(PAIRS, objective, lower);
      PreferenceStep actual = shared.prefer(PAIRS, objective, lower);
      assertThat(actual.losses()).containsExactly(expected.losses(), within(1e-4));
      assertThat(actual.policyChosen()).containsExactly(expected.policyChosen(), within(1e-4));
      assertThat(actual.policyRejected()).containsExactly(expected.policyRejected(), within(1e-4));
      assertThat(actual.tokens()).isEqualTo(expected.tokens());
      assertThat(actual.gradNorm())
          .isCloseTo(expected.gradNorm(), within(1e-5 * expected.gradNorm()));
      assertThat(distance(gradient(many), gradient(one))).isLessThan(1e-5);
      return actual;
    }
  }

  @Test
  void fineTuningAndGradientDiagnosticsAreThoseOfTheWholeBatch() {
    try (Trainer whole = trainer(STILL, 1, 1);
        Trainer shared = trainer(STILL, 3, SHARES)) {
      Trainer.FineTuneStep expected = whole.fineTune(Fixtures.sequences(9));
      Trainer.FineTuneStep actual = shared.fineTune(Fixtures.sequences(9));
      assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-6));
      assertThat(actual.tokens()).isEqualTo(expected.tokens());
      assertThat(actual.gradNorm())
          .isCloseTo(expected.gradNorm(), within(1e-5 * expected.gradNorm()));
      PairGradients one = whole.pairGradients(PAIRS);
      PairGradients many = shared.pairGradients(PAIRS);
      assertThat(many.chosenNorm()).isCloseTo(one.chosenNorm(), within(1e-5 * one.chosenNorm()));
      assertThat(many.cosine()).isCloseTo(one.cosine(), within(1e-5));
    }
  }

  /** The first trainer has one device; micro-batches within a share do not line up with it. */
  @ParameterizedTest
  @CsvSource({"2, false", "3, false", "4, false", "9, false", "2, true", "4, true"})
  void theNumberOfDevicesDoesNotChangeABit(int devices, boolean checkpointing) throws IOException {
    TorchEngine engine =
        TorchEngine.create(new EngineOptions(1, Precision.FLOAT32, checkpointing, 1 << 20));
    assertThat(trained(engine, devices, 0)).isEqualTo(trained(engine, 1, 0));
  }

  @Test
  void goesOnFromASavedStateToTheSameBits() throws IOException {
    assertThat(trained(Fixtures.ENGINE, 2, 3)).isEqualTo(trained(Fixtures.ENGINE, 1, 0));
  }

  /** The parameters after five steps; after {@code saved} of them, above 0, in another trainer. */
  private byte[] trained(TorchEngine engine, int devices, int saved) throws IOException {
    TrainingOptions options = Fixtures.options(1e-3, 60);
    PreferenceObjective aot = Objectives.create("aot", Map.of());
    Path parameters = folder.resolve("parameters");
    Path optimiser = folder.resolve("optimiser");
    TrainingHosts hosts =
        new TrainingHosts(Collections.nCopies(devices, ComputeDevice.CPU), SHARES);
    Trainer trainer = engine.trainer(START, Fixtures.TINY, hosts, options);
    try {
      for (int step = 0; step < 5; step++) {
        if (step > 0 && step == saved) {
          trainer.save(parameters);
          trainer.saveOptimiser(optimiser);
          trainer.close();
          trainer = engine.trainer(parameters, Fixtures.TINY, hosts, options);
          trainer.restoreOptimiser(optimiser);
        }
        switch (step) {
          case 0 -> trainer.fineTune(Fixtures.sequences(9));
          case 1 -> trainer.prefer(PAIRS, aot);
          case 2 -> trainer.prefer(PAIRS.subList(0, 3), Fixtures.DPO, UNROLLED);
          case 3 -> trainer.prefer(PAIRS, Fixtures.DPO, CONSTRAINED);
          default -> trainer.prefer(PAIRS, Fixtures.DPO);
        }
      }
      trainer.save(parameters);
      return Files.readAllBytes(parameters);
    } finally {
      trainer.close();
    }
  }

  @Test
  void aShareThatFailsFailsTheStepAndLeavesNothingBehind() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    try (Trainer clean = trainer(Fixtures.options(1e-3, 60), 2, SHARES);
        Trainer disturbed = trainer(Fixtures.options(1e-3, 60), 2, SHARES)) {
      assertThatThrownBy(
              () ->
                  disturbed.prefer(
                      PAIRS,
                      logps -> {
                        if (calls.incrementAndGet() == 2) {
                          throw new IllegalStateException("in the second share to come");
                        }
                        return Fixtures.DPO.apply(logps);
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("in the second share to come");
      clean.prefer(PAIRS, Fixtures.DPO);
      disturbed.prefer(PAIRS, Fixtures.DPO);
      clean.save(folder.resolve("clean"));
      disturbed.save(folder.resolve("disturbed"));
    }
    assertThat(folder.resolve("disturbed")).hasSameBinaryContentAs(folder.resolve("clean"));
  }

  private static Trainer trainer(TrainingOptions options, int devices, int shares) {
    return Fixtures.ENGINE.trainer(
        START,
        Fixtures.TINY,
        new TrainingHosts(Collections.nCopies(devices, ComputeDevice.CPU), shares),
        options);
  }

  private static double[] gradient(DecoderParameters parameters) {
    return parameters.arrays().stream()
        .map(NDArray::getGradient)
        .map(NDArray::toFloatArray)
        .flatMapToDouble(floats -> IntStream.range(0, floats.length).mapToDouble(i -> floats[i]))
        .toArray();
  }

  /** |a - b| / |b| in the L2 norm. */
  private static double distance(double[] a, double[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < b.length; i++) {
      difference += Math.pow(a[i] - b[i], 2);
      norm += Math.pow(b[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}

package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Adapters, with dropout, trained by shares of a batch on several devices, which are all the CPU.
 * Seven pairs are four shares of two, two, two and one.
 */
class LoraSharesTest {

  private static final int SHARES = 4;
  private static final Path START = Fixtures.path("tied.safetensors");
  private static final List<TokenPair> PAIRS = ObjectiveTrainingTest.pairs(7, 5);
  private static final LoraOptions LORA =
      new LoraOptions(3, 6, 0.25, List.of("q_proj", "o_proj", "up_proj", "down_proj"), false);
  private static final LowerLevel UNROLLED = new LowerLevel.Unrolled(2, 0.1);
  private static final LowerLevel CONSTRAINED =
      new LowerLevel.Constrained(SftValue.parse("0.1"), new DynamicBarrier(100, 1));

  @TempDir Path folder;

  /** So the entries that dropout leaves out are the same in shares as in the whole batch. */
  @Test
  void sharesMakeTheGradientOfTheWholeBatch() {
    try (Training whole = new Training(1, 1);
        Training shared = new Training(2, SHARES)) {
      for (int step = 0; step < 3; step++) {
        double[] losses = whole.trainer.prefer(PAIRS, Fixtures.DPO).losses();
        assertThat(shared.trainer.prefer(PAIRS, Fixtures.DPO).losses())
            .containsExactly(losses, within(1e-4));
      }
      double difference = 0;
      double norm = 0;
      for (int i = 0; i < whole.adapters.arrays().size(); i++) {
        float[] expected = gradient(whole.adapters.arrays().get(i));
        float[] actual = gradient(shared.adapters.arrays().get(i));
        for (int j = 0; j < expected.length; j++) {
          difference += Math.pow(actual[j] - expected[j], 2);
          norm += Math.pow(expected[j], 2);
        }
      }
      assertThat(Math.sqrt(difference / norm)).isLessThan(1e-4);
      assertThat(shared.parameters.arrays()).noneMatch(NDArray::hasGradient);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, FLOAT32, false", "3, FLOAT32, true", "9, FLOAT32, false", "4, BFLOAT16, false"})
  void theNumberOfDevicesDoesNotChangeABit(int devices, Precision precision, boolean checkpointing)
      throws IOException {
    TorchEngine engine =
        TorchEngine.create(new EngineOptions(1, precision, checkpointing, 1 << 20));
    assertThat(trained(engine, devices, 0)).isEqualTo(trained(engine, 1, 0));
  }

  /** The second trainer begins with the same model and is given the adapters' weights alone. */
  @Test
  void goesOnFromSavedWeightsToTheSameBits() throws IOException {
    assertThat(trained(Fixtures.ENGINE, 2, 3)).isEqualTo(trained(Fixtures.ENGINE, 1, 0));
  }

  @Test
  void refusesWeightsOfOtherModules() {
    Path weights = folder.resolve("weights");
    LoraOptions fewer = new LoraOptions(3, 6, 0.25, List.of("q_proj"), false);
    try (Trainer saved = trainer(Fixtures.ENGINE, 1, fewer);
        Trainer other = trainer(Fixtures.ENGINE, 1, LORA)) {
      saved.saveAdapterWeights(weights);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> other.restoreAdapterWeights(weights))
          .withMessage(
              weights + ": is an adapter of other modules, rank or alpha than this training's");
    }
  }

  /** The merged model after five steps; after {@code saved} of them, above 0, elsewhere. */
  private byte[] trained(TorchEngine engine, int devices, int saved) throws IOException {
    Path weights = folder.resolve("weights");
    Path optimiser = folder.resolve("optimiser");
    Trainer trainer = trainer(engine, devices, LORA);
    try {
      for (int step = 0; step < 5; step++) {
        if (step > 0 && step == saved) {
          trainer.saveAdapterWeights(weights);
          trainer.saveOptimiser(optimiser);
          trainer.close();
          trainer = trainer(engine, devices, LORA);
          trainer.restoreAdapterWeights(weights);
          trainer.restoreOptimiser(optimiser);
        }
        switch (step) {
          case 0 -> trainer.fineTune(Fixtures.sequences(9));
          case 1 -> trainer.prefer(PAIRS, Objectives.create("aot", Map.of()));
          case 2 -> trainer.prefer(PAIRS.subList(0, 3), Fixtures.DPO, UNROLLED);
          case 3 -> trainer.prefer(PAIRS, Fixtures.DPO, CONSTRAINED);
          default -> trainer.prefer(PAIRS, Fixtures.DPO);
        }
      }
      Path merged = folder.resolve("merged");
      trainer.save(merged);
      return Files.readAllBytes(merged);
    } finally {
      trainer.close();
    }
  }

  private static Trainer trainer(TorchEngine engine, int devices, LoraOptions lora) {
    TrainingOptions options =
        new Optimisation(
                OptimiserOptions.AdamW.DEFAULT, LearningRate.constant(1e-2), 0.1, 1, 60, 0, lora)
            .over(10, 3);
    return engine.trainer(
        START,
        Fixtures.TINY,
        new TrainingHosts(Collections.nCopies(devices, ComputeDevice.CPU), SHARES),
        options);
  }

  private static float[] gradient(NDArray array) {
    try (NDArray gradient = array.getGradient()) {
      return gradient.toFloatArray();
    }
  }

  /** A trainer with what it works on. */
  private static final class Training implements AutoCloseable {

    private final DecoderParameters parameters = Fixtures.parameters();
    private final LoraAdapters adapters =
        new LoraAdapters(
            parameters, Checkpoint.open(START), LoraModule.targeted(Fixtures.TINY, LORA), LORA, 3);
    private final TorchTrainer trainer;

    Training(int devices, int shares) {
      trainer =
          new TorchTrainer(
              TrainedDecoder.adapted(parameters, adapters, Fixtures.options(LORA, 60)),
              EngineOptions.DEFAULT,
              Fixtures.options(LORA, 60),
              new ShareHosts(Collections.nCopies(devices, Device.cpu()), shares, Optional.empty()));
    }

    @Override
    public void close() {
      trainer.close();
    }
  }
}

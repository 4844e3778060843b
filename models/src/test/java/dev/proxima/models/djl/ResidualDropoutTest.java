package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.architecture.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout of the residual stream; see GradientTest for its gradient. */
@SuppressWarnings("try") // GradMode is held, never used
class ResidualDropoutTest {

  private static final String MODELS = "../architectures/";
  private static final Path START = Fixtures.path("tied.safetensors");
  private static final double SHARE = 0.25;
  private static final LoraOptions LORA =
      new LoraOptions(3, 6, SHARE, List.of("q_proj", "down_proj"), false);

  @TempDir Path folder;

  /**
   * Against a layer as its two halves: without dropout, and with what the other half adds set to 0,
   * a layer tells what its attention adds to its input, or its feed-forward layer; and what is left
   * out of that is written out here. The differences are of numbers up to 10. Gemma 2 has norms
   * behind both.
   */
  @ParameterizedTest
  @ValueSource(strings = {"llama3", "mistral", "qwen2", "qwen3", "gpt2", "gemma2"})
  void leavesOutOfEmbeddingsAttentionAndFeedForward(String name) {
    ModelConfig config = Architectures.read(Fixtures.path(MODELS + name + "/config.json"));
    PackedBatch batch = PackedBatch.of(sequences(), config);
    try (DecoderParameters whole = parameters(name, config);
        DecoderParameters attending = parameters(name, config);
        DecoderParameters feeding = parameters(name, config);
        NDManager scope = whole.manager().newSubManager();
        GradMode still = GradMode.off()) {
      clear(attending, Slot.DOWN, Slot.DOWN_BIAS);
      clear(feeding, Slot.ATTENTION_OUTPUT, Slot.ATTENTION_OUTPUT_BIAS);
      ResidualDropout dropout = new ResidualDropout(SHARE, 5, whole);
      dropout.begin(3);
      PtNDArray[] of = dropout.of(batch, scope);
      Decoder attention = new Decoder(attending, Precision.FLOAT32);
      Decoder feedForward = new Decoder(feeding, Precision.FLOAT32);
      Decoder.Packed packed = attention.pack(batch, scope);
      NDArray x = dropped(attention.embedded(packed, scope), dropout.embedding(of), 0);
      for (int layer = 0; layer < config.layers(); layer++) {
        PtNDArray[] keys = dropout.layers(of, layer, layer + 1);
        NDArray mixed = attention.layers(packed, x, layer, layer + 1, scope);
        x = x.add(dropped(mixed.sub(x), keys, 0));
        NDArray fed = feedForward.layers(packed, x, layer, layer + 1, scope);
        x = x.add(dropped(fed.sub(x), keys, 1));
      }
      float[] hidden = decoder(whole, dropout).hidden(batch, scope).toFloatArray();
      assertThat(hidden).containsExactly(x.toFloatArray(), within(1e-4f));
      float[] plain = new Decoder(whole, Precision.FLOAT32).hidden(batch, scope).toFloatArray();
      assertThat(hidden).isNotEqualTo(plain);
    }
  }

  /**
   * The share kept of each place, and how often two places, two steps and the inputs of adapters
   * agree, which independent ones do with 0.25^2 + 0.75^2. Of 456 tokens with 24 entries, the
   * bounds are five standard deviations and more.
   */
  @Test
  void leavesOutItsShareOfEachPlaceByItself() {
    try (DecoderParameters parameters = Fixtures.parameters();
        NDManager scope = parameters.manager().newSubManager()) {
      PackedBatch batch = PackedBatch.of(Fixtures.sequences(40), Fixtures.TINY);
      ResidualDropout dropout = new ResidualDropout(SHARE, 5, parameters);
      List<boolean[]> masks = new ArrayList<>();
      for (int step = 0; step < 2; step++) {
        dropout.begin(step);
        PtNDArray[] of = dropout.of(batch, scope);
        masks.add(kept(dropout.embedding(of), 0));
        for (int place = 0; place < 2 * Fixtures.TINY.layers(); place++) {
          masks.add(kept(dropout.layers(of, 0, Fixtures.TINY.layers()), place));
        }
      }
      DropoutMasks adapters = new DropoutMasks(SHARE, 5, "dropout");
      masks.add(
          kept(
              new PtNDArray[] {
                adapters.tokens(batch, scope),
                adapters.least(scope),
                null,
                adapters.entries(24, scope, 0, 0)
              },
              0));
      assertThat(masks).hasSize(11);
      for (int i = 0; i < masks.size(); i++) {
        boolean[] mask = masks.get(i);
        assertThat(share(mask.length, at -> mask[at])).isCloseTo(0.75, within(0.026));
        for (boolean[] other : masks.subList(0, i)) {
          assertThat(share(mask.length, at -> mask[at] == other[at]))
              .isCloseTo(0.625, within(0.03));
        }
      }
    }
  }

  /** An entry is x / 0.75 in three of four steps: its mean is x, that of its square x^2 / 0.75. */
  @Test
  void keepsTheMeanOverTheSteps() {
    try (DecoderParameters parameters = Fixtures.parameters();
        GradMode still = GradMode.off()) {
      PackedBatch batch = PackedBatch.of(Fixtures.sequences(3), Fixtures.TINY);
      ResidualDropout dropout = new ResidualDropout(SHARE, 5, parameters);
      int steps = 400;
      double[] mean = null;
      double squares = 0;
      float[] exact;
      try (NDManager scope = parameters.manager().newSubManager()) {
        Decoder plain = new Decoder(parameters, Precision.FLOAT32);
        exact = plain.embedded(plain.pack(batch, scope), scope).toFloatArray();
      }
      for (int step = 0; step < steps; step++) {
        dropout.begin(step);
        try (NDManager scope = parameters.manager().newSubManager()) {
          Decoder decoder = decoder(parameters, dropout);
          float[] some = decoder.embedded(decoder.pack(batch, scope), scope).toFloatArray();
          mean = mean == null ? new double[some.length] : mean;
          for (int i = 0; i < some.length; i++) {
            mean[i] += some[i] / (double) steps;
            squares += (double) some[i] * some[i] / steps;
          }
        }
      }
      double exactSquares = 0;
      double difference = 0;
      for (int i = 0; i < exact.length; i++) {
        exactSquares += (double) exact[i] * exact[i];
        difference += Math.pow(mean[i] - exact[i], 2);
      }
      // One draw is off by sqrt(0.25 / 0.75) = 0.58, the mean of 400 by 0.03.
      assertThat(Math.sqrt(difference / exactSquares)).isBetween(0.02, 0.04);
      assertThat(squares / exactSquares).isCloseTo(1 / 0.75, within(0.02));
    }
  }

  @Test
  void ofNothingChangesNoBit() {
    try (DecoderParameters parameters = Fixtures.parameters();
        NDManager scope = parameters.manager().newSubManager();
        GradMode still = GradMode.off()) {
      PackedBatch batch = PackedBatch.of(Fixtures.sequences(4), Fixtures.TINY);
      Decoder plain = new Decoder(parameters, Precision.FLOAT32);
      ResidualDropout dropout = new ResidualDropout(0, 5, parameters);
      assertThat(decoder(parameters, dropout).hidden(batch, scope).toFloatArray())
          .containsExactly(plain.hidden(batch, scope).toFloatArray());
      assertThat(ResidualDropout.of(Fixtures.options(1e-3, 100), parameters)).isEmpty();
    }
  }

  /** Also where the objective sees the whole batch before its gradient is taken. */
  @ParameterizedTest
  @CsvSource({"dpo, false", "aot, false", "dpo, true", "aot, true"})
  void theResultDoesNotDependOnTheMicroBatches(String name, boolean adapters) {
    PreferenceObjective objective = Objectives.create(name, Map.of());
    LoraOptions lora = adapters ? LORA : LoraOptions.NONE;
    List<double[]> losses = new ArrayList<>();
    List<Path> results = new ArrayList<>();
    for (TrainingOptions options :
        List.of(options(SHARE, lora, 10_000), options(SHARE, lora, 50), options(0, lora, 10_000))) {
      Path result = folder.resolve("result" + results.size());
      try (Trainer trainer = Fixtures.ENGINE.trainer(START, Fixtures.TINY, Fixtures.CPU, options)) {
        trainer.fineTune(Fixtures.sequences(12));
        trainer.prefer(Fixtures.pairs(6), objective);
        losses.add(trainer.prefer(Fixtures.pairs(6), objective).losses());
        trainer.save(result);
      }
      results.add(result);
    }
    assertThat(losses.get(1)).containsExactly(losses.get(0), within(1e-5));
    assertThat(Fixtures.relativeDistance(results.get(1), results.get(0))).isLessThan(1e-6);
    assertThat(Fixtures.relativeDistance(results.get(2), results.get(0))).isGreaterThan(1e-4);
  }

  /** Four shares of seven pairs, on hosts that are all the CPU. */
  @ParameterizedTest
  @CsvSource({"2, FLOAT32, false", "3, FLOAT32, true", "4, BFLOAT16, false"})
  void theNumberOfDevicesDoesNotChangeABit(int devices, Precision precision, boolean checkpointing)
      throws IOException {
    TorchEngine engine =
        TorchEngine.create(new EngineOptions(1, precision, checkpointing, 1 << 20));
    assertThat(trained(engine, devices, 4, 0)).hasBinaryContent(bytes(engine, 1, 4));
  }

  @Test
  void sharesLeaveOutTheSameAsTheWholeBatch() throws IOException {
    Path whole = Files.move(trained(Fixtures.ENGINE, 1, 1, 0), folder.resolve("whole"));
    assertThat(Fixtures.relativeDistance(trained(Fixtures.ENGINE, 2, 4, 0), whole))
        .isLessThan(1e-5);
  }

  @Test
  void goesOnFromASavedStateToTheSameBits() throws IOException {
    assertThat(trained(Fixtures.ENGINE, 1, 1, 2)).hasBinaryContent(bytes(Fixtures.ENGINE, 1, 1));
  }

  @Test
  void refusesToLeaveOutEverything() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(1, LoraOptions.NONE, 100))
        .withMessage("the dropout must be in [0, 1), not 1.0");
  }

  private byte[] bytes(TorchEngine engine, int devices, int shares) throws IOException {
    return Files.readAllBytes(trained(engine, devices, shares, 0));
  }

  /** The parameters after four steps; after {@code saved} of them, above 0, in another trainer. */
  private Path trained(TorchEngine engine, int devices, int shares, int saved) {
    List<TokenPair> pairs = Fixtures.pairs(7);
    TrainingHosts hosts =
        new TrainingHosts(Collections.nCopies(devices, ComputeDevice.CPU), shares);
    TrainingOptions options = options(SHARE, LoraOptions.NONE, 60);
    Path parameters = folder.resolve("parameters");
    Path optimiser = folder.resolve("optimiser");
    Trainer trainer = engine.trainer(START, Fixtures.TINY, hosts, options);
    try {
      for (int step = 0; step < 4; step++) {
        if (step > 0 && step == saved) {
          trainer.save(parameters);
          trainer.saveOptimiser(optimiser);
          trainer.close();
          trainer = engine.trainer(parameters, Fixtures.TINY, hosts, options);
          trainer.restoreOptimiser(optimiser);
        }
        trainer.prefer(pairs, step == 1 ? Objectives.create("aot", Map.of()) : Fixtures.DPO);
      }
      trainer.save(parameters);
      return parameters;
    } finally {
      trainer.close();
    }
  }

  /** SGD, whose steps do not magnify rounding. */
  private static TrainingOptions options(double dropout, LoraOptions lora, int microBatchTokens) {
    return new Optimisation(
            OptimiserOptions.Sgd.DEFAULT,
            LearningRate.constant(0.1),
            0,
            1,
            microBatchTokens,
            dropout,
            lora)
        .over(10, 3);
  }

  /** Some that share a prompt, and of different lengths. */
  private static List<TokenSequence> sequences() {
    List<TokenSequence> sequences = new ArrayList<>(Fixtures.sequences(3));
    sequences.add(TokenSequence.of(new int[] {5, 6, 7}, new int[] {8, 9, 10, 11}));
    sequences.add(TokenSequence.of(new int[] {5, 6, 7}, new int[] {12}));
    return sequences;
  }

  private static DecoderParameters parameters(String name, ModelConfig config) {
    return DecoderParameters.load(
        Fixtures.path(MODELS + name + "/model.safetensors"),
        config,
        Fixtures.ENGINE.cpuManager(),
        Storage.trained());
  }

  private static Decoder decoder(DecoderParameters parameters, ResidualDropout dropout) {
    return new Decoder(parameters, Precision.FLOAT32, Optional.empty(), Optional.of(dropout));
  }

  private static void clear(DecoderParameters parameters, Slot... slots) {
    for (int layer = 0; layer < parameters.config().layers(); layer++) {
      for (Slot slot : slots) {
        NDArray array = parameters.layers()[layer * Slot.values().length + slot.ordinal()];
        array.muli(0);
      }
    }
  }

  /** The entries kept of x [n, d], over the share that is kept. */
  private static NDArray dropped(NDArray x, PtNDArray[] dropout, int place) {
    boolean[] kept = kept(dropout, place);
    float[] values = x.toFloatArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = kept[i] ? (float) (values[i] / (1 - SHARE)) : 0;
    }
    return x.getManager().create(values, x.getShape());
  }

  /** Which of n d entries are kept, from the keys that the script multiplies. */
  private static boolean[] kept(PtNDArray[] dropout, int place) {
    long[] tokens = dropout[0].toLongArray();
    long least = dropout[1].toLongArray()[0];
    long[] entries = dropout[3 + place].toLongArray();
    boolean[] kept = new boolean[tokens.length * entries.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = tokens[i / entries.length] * entries[i % entries.length] >= least;
    }
    return kept;
  }

  private static double share(int size, IntPredicate holds) {
    return IntStream.range(0, size).filter(holds).count() / (double) size;
  }
}

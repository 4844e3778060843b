package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PEFT's numbers do not show of adapters in training: dropout, precision, files, resuming. */
@SuppressWarnings("try") // GradMode is held, never used
class LoraTrainingTest {

  private static final Path START = Fixtures.path("tied.safetensors");
  private static final List<String> TARGETS =
      List.of("q_proj", "v_proj", "o_proj", "up_proj", "down_proj");
  private static final LoraOptions DROPPING = new LoraOptions(3, 6, 0.25, TARGETS, false);
  private static final LoraOptions PLAIN = new LoraOptions(3, 6, 0, TARGETS, false);
  private static final String WEIGHTS = "adapter_model.safetensors";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"dpo", "aot"})
  void theResultDoesNotDependOnTheMicroBatchesEvenWithDropout(String name) {
    PreferenceObjective objective = Objectives.create(name, Map.of());
    Consumer<Trainer> steps =
        trainer -> {
          for (int i = 0; i < 4; i++) {
            trainer.prefer(Fixtures.pairs(6), objective);
          }
        };
    Path whole = trained("whole", DROPPING, 10_000, steps);
    Path parts = trained("parts", DROPPING, 50, steps);
    Path without = trained("without", PLAIN, 10_000, steps);

    assertThat(Fixtures.relativeDistance(parts, whole)).isLessThan(1e-5);
    assertThat(Fixtures.relativeDistance(without, whole)).isGreaterThan(1e-2);
  }

  @Test
  void checkpointingComputesTheSameStepsWithDropout() {
    Consumer<Trainer> steps = trainer -> train(trainer, 3);
    EngineOptions sparing = new EngineOptions(1, Precision.FLOAT32, true, 1 << 20);
    Path taped = trained("taped", DROPPING, 100, steps);
    Path again = trained(TorchEngine.create(sparing), "again", DROPPING, 100, steps);

    assertThat(Fixtures.relativeDistance(again, taped)).isLessThan(1e-5);
  }

  /** The loss of a step is known to about 1e-6; see GradientTest. */
  @Test
  void theGradientIsThatOfTheLossWithTheSameEntriesLeftOut() {
    Path start = trained("start", DROPPING, 1000, trainer -> train(trainer, 3));
    List<TokenSequence> batch = Fixtures.sequences(5);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    try (DecoderParameters parameters = Fixtures.parameters();
        LoraAdapters adapters = adapters(parameters, DROPPING);
        TorchTrainer trainer =
            new TorchTrainer(
                TrainedDecoder.adapted(parameters, adapters, Fixtures.options(1e-30, 1000)),
                EngineOptions.DEFAULT,
                Fixtures.options(1e-30, 1000),
                ShareHosts.ALONE)) {
      trainer.restoreAdapter(start.getParent());
      trainer.fineTune(batch);
      adapters.begin(0);
      for (NDArray array : adapters.arrays()) {
        float[] gradient;
        try (NDArray of = array.getGradient()) {
          gradient = of.toFloatArray();
        }
        FloatBuffer values = array.toByteBuffer(true).asFloatBuffer();
        int at = steepest(gradient);
        float value = values.get(at);
        double[] losses = new double[4];
        float[] steps = {-0.012f, -0.006f, 0.006f, 0.012f};
        for (int i = 0; i < steps.length; i++) {
          values.put(at, value + steps[i]);
          losses[i] = -Arrays.stream(logps(parameters, adapters, batch)).sum() / tokens;
        }
        values.put(at, value);
        double difference = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / 0.072;
        assertThat(Math.abs(gradient[at])).isGreaterThan(0.003f);
        assertThat((double) gradient[at])
            .isCloseTo(difference, within(5e-4 + 0.005 * Math.abs(difference)));
      }
    }
  }

  /**
   * The entries kept, from the keys that the script multiplies: their share in all; how much the
   * numbers kept of a token and of an input's entry scatter; and how often neighbouring tokens and
   * entries, two steps and two inputs agree, which independent ones do with 0.25^2 + 0.75^2. Of 456
   * tokens with 24 entries, the bounds are five standard deviations and more.
   */
  @Test
  void dropoutLeavesOutEntriesIndependently() {
    try (DecoderParameters parameters = Fixtures.parameters();
        LoraAdapters adapters = adapters(parameters, DROPPING)) {
      PackedBatch batch = PackedBatch.of(Fixtures.sequences(40), parameters.config());
      boolean[][] mask = kept(adapters, batch, 0, 1);
      assertThat(mask.length).isEqualTo(456);
      int columns = mask[0].length;
      double all = share(mask.length * columns, i -> mask[i / columns][i % columns]);
      assertThat(all).isCloseTo(0.75, within(0.026));
      assertThat(scatter(mask)).isBetween(0.6, 1.4);
      assertThat(agreement(mask, Arrays.copyOfRange(mask, 1, mask.length)))
          .isCloseTo(0.625, within(0.03));
      boolean[][] turned = transposed(mask);
      assertThat(scatter(turned)).isBetween(0.2, 2.5);
      assertThat(agreement(turned, Arrays.copyOfRange(turned, 1, columns)))
          .isCloseTo(0.625, within(0.03));
      assertThat(agreement(mask, kept(adapters, batch, 1, 1))).isCloseTo(0.625, within(0.03));
      // The 14th array of a layer holds the keys of what feeds down_proj.
      assertThat(agreement(mask, kept(adapters, batch, 0, 13))).isCloseTo(0.625, within(0.03));
    }
  }

  /**
   * The hidden states are linear in what the last layer's adapter adds, so dropout keeps their
   * mean.
   */
  @Test
  void dropoutKeepsTheMean() {
    List<String> last = List.of("layers.1.mlp.down_proj");
    LoraOptions plain = new LoraOptions(3, 6, 0, last, false);
    LoraOptions dropping = new LoraOptions(3, 6, 0.25, last, false);
    Path adapter = trained("adapter", plain, 1000, trainer -> train(trainer, 4)).getParent();
    PackedBatch batch = PackedBatch.of(Fixtures.sequences(3), Fixtures.TINY);
    float[] base = hidden(new LoraOptions(1, 1, 0, last, false), Optional.empty(), batch, 1);
    float[] expected = hidden(plain, Optional.of(adapter), batch, 1);
    float[] mean = hidden(dropping, Optional.of(adapter), batch, 400);

    assertThat(distance(expected, base)).isGreaterThan(0.05);
    // One draw is off by about sqrt(0.25 / 0.75) = 0.58 of the change, 400 by 0.03 of it.
    assertThat(distance(mean, expected)).isLessThan(0.07 * distance(expected, base));
  }

  @Test
  void anotherSeedLeavesOutOtherEntriesAndBeginsElsewhere() {
    try (DecoderParameters parameters = Fixtures.parameters()) {
      List<LoraModule> modules = LoraModule.targeted(Fixtures.TINY, DROPPING);
      PackedBatch batch = PackedBatch.of(Fixtures.sequences(40), Fixtures.TINY);
      LoraAdapters one = new LoraAdapters(parameters, Checkpoint.open(START), modules, DROPPING, 1);
      LoraAdapters two = new LoraAdapters(parameters, Checkpoint.open(START), modules, DROPPING, 2);
      assertThat(agreement(kept(one, batch, 0, 1), kept(two, batch, 0, 1)))
          .isCloseTo(0.625, within(0.03));
      float[] a = one.arrays().get(0).toFloatArray();
      assertThat(a).isNotEqualTo(two.arrays().get(0).toFloatArray());
      // Uniform in [-1/sqrt(24), 1/sqrt(24)): 6 x 24 draws of variance 1 / (3 x 24).
      double bound = 1 / Math.sqrt(24);
      double squares = 0;
      for (float value : a) {
        assertThat((double) value).isBetween(-bound, bound);
        squares += value * value;
      }
      assertThat(squares / a.length * 72).isBetween(0.6, 1.4);
      one.close();
      two.close();
    }
  }

  @Test
  void freshAdaptersChangeNothing() {
    Path merged = folder.resolve("merged");
    try (Trainer trainer = trainer(Fixtures.ENGINE, PLAIN, 100)) {
      trainer.save(merged);
    }
    assertThat(Files.exists(merged)).isTrue();
    assertUnchanged(merged, name -> true);
  }

  /** In bfloat16 the frozen model has 8 bits, but merging begins from the file. */
  @Test
  void aFrozenModelInBfloat16IsMergedInFull() {
    EngineOptions rounding = new EngineOptions(1, Precision.BFLOAT16, false, 1 << 20);
    Path merged = folder.resolve("merged");
    List<TokenPair> pairs = Fixtures.pairs(6);
    try (Trainer exact = trainer(Fixtures.ENGINE, DROPPING, 100);
        Trainer rounded = trainer(TorchEngine.create(rounding), DROPPING, 100)) {
      for (int i = 0; i < 4; i++) {
        double[] losses = exact.prefer(pairs, Fixtures.DPO).losses();
        assertThat(rounded.prefer(pairs, Fixtures.DPO).losses())
            .containsExactly(losses, within(0.1));
      }
      rounded.save(merged);
    }
    assertUnchanged(merged, name -> TARGETS.stream().noneMatch(target -> name.contains(target)));
    assertThat(Fixtures.relativeDistance(merged, START)).isGreaterThan(1e-4);
  }

  @Test
  void aResumedTrainingEndsInTheSameBytes() throws IOException {
    Path whole = trained("whole", DROPPING, 100, trainer -> train(trainer, 6));
    Path state = folder.resolve("state");
    Path half =
        trained(
            "half",
            DROPPING,
            100,
            trainer -> {
              train(trainer, 3);
              trainer.saveOptimiser(state);
            });
    Path resumed =
        trained(
            "resumed",
            DROPPING,
            100,
            trainer -> {
              trainer.restoreAdapter(half.getParent());
              trainer.restoreOptimiser(state);
              train(trainer, 3);
            });
    assertThat(resumed).hasSameBinaryContentAs(whole);
  }

  /** SPO works in the space of the adapters: the barrier's gradient is of A and B. */
  @Test
  void lowerLevelsOfSpoConstrainTheAdapters() {
    LowerLevel barrier =
        new LowerLevel.Constrained(SftValue.parse("0"), new DynamicBarrier(100, 1));
    try (Trainer trainer = trainer(Fixtures.ENGINE, PLAIN, 100)) {
      assertThat(
              trainer.prefer(Fixtures.pairs(6), Fixtures.DPO, barrier).multiplier().orElseThrow())
          .isPositive();
    }
  }

  @Test
  void refusesAnAdapterOfAnotherTraining() {
    Path other =
        trained("other", new LoraOptions(2, 6, 0, TARGETS, false), 100, trainer -> {}).getParent();
    Path fewer =
        trained("fewer", new LoraOptions(3, 6, 0, List.of("q_proj"), false), 100, trainer -> {})
            .getParent();
    try (Trainer trainer = trainer(Fixtures.ENGINE, PLAIN, 100);
        Trainer full =
            Fixtures.ENGINE.trainer(
                START, Fixtures.TINY, Fixtures.CPU, Fixtures.options(1e-3, 100))) {
      for (Path each : List.of(other, fewer)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> trainer.restoreAdapter(each))
            .withMessage(
                each + ": is an adapter of other modules, rank or alpha than this training's");
      }
      assertThatIllegalStateException()
          .isThrownBy(() -> full.saveAdapter(other))
          .withMessage("this training has no adapters");
    }
  }

  private static void train(Trainer trainer, int steps) {
    for (int i = 0; i < steps; i++) {
      trainer.prefer(Fixtures.pairs(6), Fixtures.DPO);
    }
  }

  private Path trained(
      String name, LoraOptions options, int microBatchTokens, Consumer<Trainer> steps) {
    return trained(Fixtures.ENGINE, name, options, microBatchTokens, steps);
  }

  /** The adapter's tensors after what {@code steps} does, as a file in a folder of that name. */
  private Path trained(
      TorchEngine engine,
      String name,
      LoraOptions options,
      int microBatchTokens,
      Consumer<Trainer> steps) {
    try (Trainer trainer = trainer(engine, options, microBatchTokens)) {
      steps.accept(trainer);
      Path target = Files.createDirectory(folder.resolve(name));
      trainer.saveAdapter(target);
      return target.resolve(WEIGHTS);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Trainer trainer(TorchEngine engine, LoraOptions options, int microBatchTokens) {
    return engine.trainer(
        START, Fixtures.TINY, Fixtures.CPU, Fixtures.options(options, microBatchTokens));
  }

  private static LoraAdapters adapters(DecoderParameters parameters, LoraOptions options) {
    return new LoraAdapters(
        parameters,
        Checkpoint.open(START),
        LoraModule.targeted(parameters.config(), options),
        options,
        3);
  }

  private static double[] logps(
      DecoderParameters parameters, LoraAdapters adapters, List<TokenSequence> sequences) {
    PackedBatch batch = PackedBatch.of(sequences, parameters.config());
    Decoder decoder =
        new Decoder(parameters, Precision.FLOAT32, Optional.of(adapters), Optional.empty());
    try (GradMode still = GradMode.off();
        NDManager scope = parameters.manager().newSubManager()) {
      return batch.sums(new ResponseScorer(decoder).tokenLogps(batch, scope).toFloatArray());
    }
  }

  /** Hidden states of a batch, their mean over so many steps. */
  private static float[] hidden(
      LoraOptions options, Optional<Path> adapter, PackedBatch batch, int steps) {
    try (DecoderParameters parameters = Fixtures.parameters();
        LoraAdapters adapters = adapters(parameters, options);
        GradMode still = GradMode.off()) {
      adapter.ifPresent(each -> adapters.restore(AdapterFolder.open(each)));
      Decoder decoder =
          new Decoder(parameters, Precision.FLOAT32, Optional.of(adapters), Optional.empty());
      float[] mean = null;
      for (int step = 0; step < steps; step++) {
        adapters.begin(step);
        try (NDManager scope = parameters.manager().newSubManager()) {
          float[] hidden = decoder.hidden(batch, scope).toFloatArray();
          mean = mean == null ? new float[hidden.length] : mean;
          for (int i = 0; i < hidden.length; i++) {
            mean[i] += hidden[i] / steps;
          }
        }
      }
      return mean;
    }
  }

  /** Which entries of an input each different token keeps; {@code at} is the keys' place. */
  private static boolean[][] kept(LoraAdapters adapters, PackedBatch batch, int step, int at) {
    adapters.begin(step);
    NDArray keys = adapters.layers(0, 1)[at];
    try (NDManager scope = keys.getManager().newSubManager()) {
      NDArray[] scaling = adapters.scaling(batch, scope);
      long least = scaling[2].toLongArray()[0];
      long[] inputs = keys.toLongArray();
      return Arrays.stream(scaling[1].toLongArray())
          .distinct()
          .mapToObj(
              token -> {
                boolean[] row = new boolean[24];
                for (int j = 0; j < row.length; j++) {
                  row[j] = token * inputs[j] >= least;
                }
                return row;
              })
          .toArray(boolean[][]::new);
    }
  }

  private static double share(int size, IntPredicate holds) {
    return IntStream.range(0, size).filter(holds).count() / (double) size;
  }

  /** How often entries at the same place of both are the same. */
  private static double agreement(boolean[][] one, boolean[][] other) {
    int rows = Math.min(one.length, other.length);
    int columns = one[0].length;
    return share(
        rows * columns, i -> one[i / columns][i % columns] == other[i / columns][i % columns]);
  }

  /** Variance of the number kept of a row, over that of a sum of independent entries. */
  private static double scatter(boolean[][] mask) {
    int columns = mask[0].length;
    double squares = 0;
    for (boolean[] row : mask) {
      squares += Math.pow(share(columns, j -> row[j]) * columns - 0.75 * columns, 2);
    }
    return squares / mask.length / (columns * 0.75 * 0.25);
  }

  private static boolean[][] transposed(boolean[][] mask) {
    boolean[][] turned = new boolean[mask[0].length][mask.length];
    for (int i = 0; i < mask.length; i++) {
      for (int j = 0; j < turned.length; j++) {
        turned[j][i] = mask[i][j];
      }
    }
    return turned;
  }

  private static int steepest(float[] gradient) {
    int at = 0;
    for (int i = 1; i < gradient.length; i++) {
      at = Math.abs(gradient[i]) > Math.abs(gradient[at]) ? i : at;
    }
    return at;
  }

  private static void assertUnchanged(Path merged, Predicate<String> tensors) {
    try (SafetensorsFile before = SafetensorsFile.open(START);
        SafetensorsFile after = SafetensorsFile.open(merged)) {
      assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
      for (String name : before.tensors().keySet()) {
        if (tensors.test(name)) {
          assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
        }
      }
    }
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(squares);
  }
}

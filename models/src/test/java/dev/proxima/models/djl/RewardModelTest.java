package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.algorithms.preference.BradleyTerryLoss;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.RewardHead;
import dev.proxima.models.RewardModel;
import dev.proxima.models.RewardPair;
import dev.proxima.models.RewardTrainer;
import dev.proxima.models.RewardTrainer.RewardStep;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reward models against Hugging Face; rewards.py wrote the expected values. */
class RewardModelTest {

  private static final String FOLDER = "../rewards/";
  private static final RewardHead NO_HEAD_NEEDED = new RewardHead(1, 1);

  @TempDir private Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "gpt2", "gemma2"})
  void rewardsAsTransformersDoes(String name) {
    JsonNode expected = expected(name);
    try (RewardModel model =
        Fixtures.ENGINE.rewardModel(weights(name), config(name), Fixtures.CPU)) {
      double[] rewards = model.rewards(sequences(expected.get("sequences")));
      assertThat(rewards).containsExactly(doubles(expected.get("rewards")), within(1e-5));
    }
  }

  /** Whatever the micro-batches, and whether activations are kept. */
  @ParameterizedTest
  @CsvSource({
    "llama, 1000, false",
    "llama, 1, true",
    "qwen2, 1000, true",
    "gpt2, 1, false",
    "gemma2, 1000, false",
    "gemma2, 1000, true"
  })
  void differentiatesTheLossAsPyTorchDoes(
      String name, int microBatchTokens, boolean checkpointing) {
    JsonNode expected = expected(name);
    DecoderParameters parameters = parameters(name);
    try (TorchRewardTrainer trainer =
        new TorchRewardTrainer(
            parameters,
            new EngineOptions(0, Precision.FLOAT32, checkpointing, 1 << 20),
            Fixtures.options(1e-30, microBatchTokens))) {
      RewardStep step =
          trainer.prefer(
              pairs(expected), new BradleyTerryLoss(expected.get("centring").doubleValue()));
      assertThat((step.losses()[0] + step.losses()[1]) / 2)
          .isCloseTo(expected.get("loss").doubleValue(), within(1e-5));
      double norm = expected.get("grad_norm").doubleValue();
      assertThat(step.gradNorm()).isCloseTo(norm, within(1e-4 * norm));
      assertThat(step.tokens()).isEqualTo(4 + 9 + 4 + 5 + 7 + 3 + 7 + 12);
      try (NDArray gradient = parameters.head()[2].getGradient()) {
        assertThat(gradient.toFloatArray())
            .containsExactly(
                Fixtures.floats(expected.get("score_gradient")), within((float) (1e-4 * norm)));
      }
    }
  }

  /** What is written is what was read, tensor for tensor. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void savesWhatItRead(String name) {
    Path copy = scratch.resolve("model.safetensors");
    try (DecoderParameters parameters = parameters(name)) {
      parameters.save(copy);
    }
    try (SafetensorsFile before = SafetensorsFile.open(weights(name));
        SafetensorsFile after = SafetensorsFile.open(copy)) {
      assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
      for (String tensor : before.tensors().keySet()) {
        FloatBuffer values = after.floats(tensor);
        assertThat(values).as(tensor).isEqualTo(before.floats(tensor));
      }
    }
  }

  @Test
  void aRewardDoesNotDependOnItsBatch() {
    List<int[]> sequences = sequences(expected("qwen2").get("sequences"));
    try (RewardModel model =
        Fixtures.ENGINE.rewardModel(weights("qwen2"), config("qwen2"), Fixtures.CPU)) {
      double[] together = model.rewards(sequences);
      for (int i = 0; i < together.length; i++) {
        assertThat(model.rewards(List.of(sequences.get(i)))[0])
            .isCloseTo(together[i], within(1e-6));
      }
    }
  }

  /** So that a worker can renew its lease, or leave. */
  @Test
  void tellsOfItsProgress() {
    int[] longest = sequences(expected("qwen2").get("sequences")).get(5);
    assertThat(longest).hasSize(64);
    try (RewardModel model =
        Fixtures.ENGINE.rewardModel(weights("qwen2"), config("qwen2"), Fixtures.CPU)) {
      int[] told = {0};
      // 4096 tokens at once are 64 such sequences.
      model.rewards(Collections.nCopies(130, longest), () -> told[0]++);
      assertThat(told[0]).isEqualTo(3);
    }
  }

  /** bfloat16 has 8 bits, and a reward sums a few products of it. */
  @Test
  void bfloat16RewardsNearlyTheSame() {
    List<int[]> sequences = sequences(expected("llama").get("sequences"));
    TorchEngine rounding =
        TorchEngine.create(new EngineOptions(1, Precision.BFLOAT16, false, 1 << 20));
    try (RewardModel exact =
            Fixtures.ENGINE.rewardModel(weights("llama"), config("llama"), Fixtures.CPU);
        RewardModel rounded =
            rounding.rewardModel(weights("llama"), config("llama"), Fixtures.CPU)) {
      assertThat(rounded.rewards(sequences))
          .isNotEqualTo(exact.rewards(sequences))
          .containsExactly(exact.rewards(sequences), within(0.1));
    }
  }

  /** Of a language model with an output layer of its own, which a reward model has not. */
  @Test
  void beginsFromALanguageModelWithAHeadDrawnFromTheSeed() {
    Path language = Fixtures.path("../architectures/llama3/model.safetensors");
    ModelConfig config = Architectures.read(Fixtures.path("../architectures/llama3/config.json"));
    List<float[]> heads = new ArrayList<>();
    for (RewardHead head :
        List.of(new RewardHead(7, 0.5), new RewardHead(7, 0.5), new RewardHead(8, 0.5))) {
      Path saved = scratch.resolve("fresh.safetensors");
      try (RewardTrainer trainer =
          Fixtures.ENGINE.rewardTrainer(
              language, config, Fixtures.CPU, Fixtures.options(1, 100), head)) {
        trainer.save(saved);
      }
      try (SafetensorsFile file = SafetensorsFile.open(saved);
          SafetensorsFile before = SafetensorsFile.open(language)) {
        assertThat(file.tensors()).doesNotContainKey("lm_head.weight");
        String kept = "model.layers.1.mlp.up_proj.weight";
        assertThat((Object) file.floats(kept)).isEqualTo(before.floats(kept));
        float[] drawn = new float[config.hiddenSize()];
        file.floats("score.weight").get(drawn);
        heads.add(drawn);
      }
    }
    assertThat(heads.get(1)).isEqualTo(heads.get(0));
    assertThat(heads.get(2)).isNotEqualTo(heads.get(0));
    // The root mean square of 16 draws is off by 18% in the standard deviation, so 3 are allowed.
    double squares = IntStream.range(0, 16).mapToDouble(i -> heads.get(0)[i]).map(v -> v * v).sum();
    assertThat(Math.sqrt(squares / 16)).isBetween(0.23, 0.77);
  }

  @Test
  void refusesTheFileOfALanguageModel() {
    Path language = Fixtures.path("../architectures/llama3/model.safetensors");
    ModelConfig config = Architectures.read(Fixtures.path("../architectures/llama3/config.json"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fixtures.ENGINE.rewardModel(language, config, Fixtures.CPU))
        .withMessage(language + ": has no tensor 'score.weight', so it is no reward model's");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25})
  void goesOnAsIfItHadNeverStopped(double dropout) throws Exception {
    List<RewardPair> pairs = pairs(expected("qwen2"));
    Path state = scratch.resolve("optimiser.safetensors");
    Path halfway = scratch.resolve("halfway.safetensors");
    Path whole = scratch.resolve("whole.safetensors");
    Path resumed = scratch.resolve("resumed.safetensors");
    try (RewardTrainer trainer = trainer(Fixtures.ENGINE, weights("qwen2"), dropout, 100)) {
      trainer.prefer(pairs, BradleyTerryLoss.PLAIN);
      trainer.save(halfway);
      trainer.saveOptimiser(state);
      trainer.prefer(pairs, BradleyTerryLoss.PLAIN);
      trainer.save(whole);
    }
    try (RewardTrainer trainer = trainer(Fixtures.ENGINE, halfway, dropout, 100)) {
      trainer.restoreOptimiser(state);
      trainer.prefer(pairs, BradleyTerryLoss.PLAIN);
      trainer.save(resumed);
    }
    assertThat(Files.mismatch(resumed, whole)).isEqualTo(-1);
    assertThat(Files.mismatch(halfway, whole)).isNotEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "40, false", "1000, true"})
  void dropoutDependsNeitherOnTheMicroBatchesNorOnCheckpointing(
      int microBatchTokens, boolean checkpointing) {
    List<RewardPair> pairs = pairs(expected("qwen2"));
    TorchEngine engine =
        TorchEngine.create(new EngineOptions(1, Precision.FLOAT32, checkpointing, 1 << 20));
    try (RewardTrainer whole = trainer(Fixtures.ENGINE, weights("qwen2"), 0.25, 1000);
        RewardTrainer parts = trainer(engine, weights("qwen2"), 0.25, microBatchTokens);
        RewardTrainer without = trainer(Fixtures.ENGINE, weights("qwen2"), 0, 1000)) {
      for (int step = 0; step < 3; step++) {
        RewardStep expected = whole.prefer(pairs, BradleyTerryLoss.PLAIN);
        RewardStep actual = parts.prefer(pairs, BradleyTerryLoss.PLAIN);
        assertThat(actual.losses()).containsExactly(expected.losses(), within(1e-5));
        assertThat(actual.gradNorm())
            .isCloseTo(expected.gradNorm(), within(1e-5 * expected.gradNorm()));
        assertThat(without.prefer(pairs, BradleyTerryLoss.PLAIN).gradNorm())
            .isNotCloseTo(expected.gradNorm(), within(1e-3 * expected.gradNorm()));
      }
    }
  }

  /** Of the second sequence only what differs from the first is there once more. */
  @Test
  void sequencesShareTheTokensWithWhichTheyBegin() {
    PackedBatch batch =
        PackedBatch.ofWhole(
            List.of(new int[] {5, 6, 7}, new int[] {5, 6, 8, 9}, new int[] {5, 6, 8, 9}),
            Fixtures.TINY);
    assertThat(batch.tokens()).containsExactly(5, 6, 7, 8, 9);
    assertThat(batch.positions()).containsExactly(0, 1, 2, 2, 3);
    assertThat(batch.predicting()).containsExactly(2, 4, 4);
    assertThat(batch.cells()).containsExactly(0, 1, 2, 2, 0, 1, 3, 4, 0, 1, 3, 4);
  }

  private static RewardTrainer trainer(
      TorchEngine engine, Path weights, double dropout, int microBatchTokens) {
    TrainingOptions options =
        new Optimisation(
                OptimiserOptions.AdamW.DEFAULT,
                LearningRate.constant(1e-2),
                0.1,
                1,
                microBatchTokens,
                dropout,
                LoraOptions.NONE)
            .over(10, 0);
    return engine.rewardTrainer(weights, config("qwen2"), Fixtures.CPU, options, NO_HEAD_NEEDED);
  }

  private static List<RewardPair> pairs(JsonNode expected) {
    List<RewardPair> pairs = new ArrayList<>();
    for (JsonNode pair : expected.get("pairs")) {
      pairs.add(
          new RewardPair(
              Fixtures.ints(pair.get(0)),
              Fixtures.ints(pair.get(1)),
              expected.get("margins").get(pairs.size()).doubleValue()));
    }
    return pairs;
  }

  private static List<int[]> sequences(JsonNode array) {
    return IntStream.range(0, array.size()).mapToObj(i -> Fixtures.ints(array.get(i))).toList();
  }

  private static double[] doubles(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).doubleValue()).toArray();
  }

  private static DecoderParameters parameters(String name) {
    return DecoderParameters.load(
        weights(name),
        config(name),
        Head.REWARD,
        Optional.empty(),
        Fixtures.ENGINE.cpuManager(),
        Storage.trained());
  }

  private static JsonNode expected(String name) {
    return Fixtures.json(FOLDER + name + "/expected.json");
  }

  private static Path weights(String name) {
    return Fixtures.path(FOLDER + name + "/model.safetensors");
  }

  private static ModelConfig config(String name) {
    return Architectures.read(Fixtures.path(FOLDER + name + "/config.json"));
  }
}

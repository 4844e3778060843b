package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.architecture.Architectures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingPassTest {

  private static final String FOLDER = "../architectures/";

  /** Also where the logits are made three rows at a time. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-linear", "mistral", "qwen3", "gpt2", "gemma2"})
  void checkpointingComputesTheSameGradient(String name) {
    PackedBatch batch = batch(name);
    float[] gradient = weights(batch);
    List<float[]> taped;
    List<float[]> again;
    float[] logps;
    try (DecoderParameters parameters = parameters(name);
        NDManager scope = parameters.manager().newSubManager()) {
      ResponseScorer scorer = new ResponseScorer(new Decoder(parameters, Precision.FLOAT32), 3);
      TrainingPass pass = TrainingPass.taped(scorer, batch, scope);
      logps = pass.scores();
      pass.backward(gradient);
      taped = gradients(parameters);
    }
    try (DecoderParameters parameters = parameters(name);
        NDManager scope = parameters.manager().newSubManager()) {
      ResponseScorer scorer = new ResponseScorer(new Decoder(parameters, Precision.FLOAT32), 3);
      TrainingPass pass = new CheckpointedPass(scorer, batch, scope);
      assertThat(pass.scores()).containsExactly(logps, within(1e-6f));
      pass.backward(gradient);
      again = gradients(parameters);
    }
    assertThat(again).hasSameSizeAs(taped);
    for (int i = 0; i < again.size(); i++) {
      float[] expected = taped.get(i);
      float scale = 1e-5f * (float) norm(expected);
      assertThat(again.get(i)).containsExactly(expected, within(scale));
    }
  }

  /** So what is computed once more lacks the same entries. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-linear", "mistral", "qwen3", "gpt2", "gemma2"})
  void checkpointingWithDropoutChangesNoBit(String name) {
    PackedBatch batch = batch(name);
    float[] gradient = weights(batch);
    List<List<float[]>> both = new ArrayList<>();
    for (boolean checkpointing : new boolean[] {false, true}) {
      try (DecoderParameters parameters = parameters(name);
          NDManager scope = parameters.manager().newSubManager()) {
        ResidualDropout dropout = new ResidualDropout(0.25, 5, parameters);
        ResponseScorer scorer =
            new ResponseScorer(
                new Decoder(parameters, Precision.FLOAT32, Optional.empty(), Optional.of(dropout)));
        TrainingPass pass = TrainingPass.of(scorer, batch, scope, checkpointing);
        List<float[]> all = new ArrayList<>(List.of(pass.scores()));
        pass.backward(gradient);
        all.addAll(gradients(parameters));
        both.add(all);
      }
    }
    for (int i = 0; i < both.get(0).size(); i++) {
      assertThat(both.get(1).get(i)).containsExactly(both.get(0).get(i));
    }
  }

  /**
   * bfloat16 has 8 bits, so a product is known to about 1/256: the gradient points the same way,
   * and parameters stay float32.
   */
  @Test
  void bfloat16ComputesNearlyTheSameGradient() {
    PackedBatch batch = batch("qwen3");
    float[] gradient = weights(batch);
    List<List<float[]>> both = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      try (DecoderParameters parameters = parameters("qwen3");
          NDManager scope = parameters.manager().newSubManager()) {
        ResponseScorer scorer = new ResponseScorer(new Decoder(parameters, precision));
        TrainingPass.taped(scorer, batch, scope).backward(gradient);
        both.add(gradients(parameters));
      }
    }
    for (int i = 0; i < both.get(0).size(); i++) {
      float[] exact = both.get(0).get(i);
      float[] rounded = both.get(1).get(i);
      double product = 0;
      for (int k = 0; k < exact.length; k++) {
        product += (double) exact[k] * rounded[k];
      }
      assertThat(rounded).isNotEqualTo(exact);
      assertThat(product / (norm(exact) * norm(rounded))).isBetween(0.99, 1.0);
    }
  }

  /** Frozen matrices of 8 bits, and norms in float32, whatever the architecture. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-linear", "qwen3", "gpt2", "gemma2"})
  void aFrozenModelInBfloat16ScoresNearlyTheSame(String name) {
    Path weights = Fixtures.path(FOLDER + name + "/model.safetensors");
    ModelConfig config = Architectures.read(Fixtures.path(FOLDER + name + "/config.json"));
    EngineOptions rounding = new EngineOptions(1, Precision.BFLOAT16, false, 1 << 20);
    try (LanguageModel exact = Fixtures.ENGINE.load(weights, config, Fixtures.CPU);
        LanguageModel rounded = TorchEngine.create(rounding).load(weights, config, Fixtures.CPU)) {
      double[] expected = exact.logps(Fixtures.sequences(6));
      double[] actual = rounded.logps(Fixtures.sequences(6));
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], withinPercentage(1)).isNotEqualTo(expected[i]);
      }
    }
  }

  /** As many tokens as the prompt once and each response without its last. */
  @Test
  void sequencesWithTheSamePromptShareIt() {
    int[] prompt = {5, 6, 7, 8};
    PackedBatch batch =
        PackedBatch.of(
            List.of(
                TokenSequence.of(prompt, new int[] {9, 10, 11}),
                TokenSequence.of(prompt, new int[] {12}),
                TokenSequence.of(new int[] {5, 6}, new int[] {9, 10})),
            Fixtures.TINY);
    assertThat(batch.tokens()).containsExactly(5, 6, 7, 8, 9, 10, 5, 6, 9);
    assertThat(batch.positions()).containsExactly(0, 1, 2, 3, 4, 5, 0, 1, 2);
    // What a token's hash depends on is the tokens up to it: 5, and 5 and 6, are there twice.
    assertThat(LongStream.of(batch.prefixes()).distinct()).hasSize(7);
    assertThat(Arrays.copyOfRange(batch.prefixes(), 6, 8))
        .containsExactly(Arrays.copyOf(batch.prefixes(), 2));
    assertThat(batch.columns()).isEqualTo(6);
    assertThat(batch.cells()).containsExactly(0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 3, 3, 6, 7, 8, 8, 8, 8);
    assertThat(batch.predicting()).containsExactly(3, 4, 5, 3, 7, 8);
    assertThat(batch.responses()).containsExactly(9, 10, 11, 12, 9, 10);
    assertThat(batch.starts()).containsExactly(0, 3, 4, 6);
    for (int i = 0; i < batch.homes().length; i++) {
      assertThat(batch.cells()[(int) batch.homes()[i]]).isEqualTo(i);
    }
  }

  @Test
  void sequencesOfOneLengthNeedNoRectangle() {
    PackedBatch batch =
        PackedBatch.of(
            List.of(
                TokenSequence.of(new int[] {5, 6}, new int[] {7}),
                TokenSequence.of(new int[] {8}, new int[] {9, 10})),
            Fixtures.TINY);
    assertThat(batch.tokens()).containsExactly(5, 6, 8, 9);
    assertThat(batch.cells()).isEmpty();
  }

  private static DecoderParameters parameters(String name) {
    DecoderParameters parameters =
        DecoderParameters.load(
            Fixtures.path(FOLDER + name + "/model.safetensors"),
            Architectures.read(Fixtures.path(FOLDER + name + "/config.json")),
            Fixtures.ENGINE.cpuManager(),
            Storage.trained());
    parameters.arrays().forEach(array -> array.setRequiresGradient(true));
    return parameters;
  }

  private static PackedBatch batch(String name) {
    List<TokenSequence> sequences = new ArrayList<>(Fixtures.sequences(4));
    TokenSequence first = sequences.get(0);
    int[] prompt = Arrays.copyOf(first.tokens(), first.promptLength());
    sequences.add(TokenSequence.of(prompt, new int[] {9, 8, 7}));
    return PackedBatch.of(
        sequences, Architectures.read(Fixtures.path(FOLDER + name + "/config.json")));
  }

  private static float[] weights(PackedBatch batch) {
    float[] weights = new float[batch.responses().length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.cos(i);
    }
    return weights;
  }

  private static List<float[]> gradients(DecoderParameters parameters) {
    List<float[]> gradients = new ArrayList<>();
    for (NDArray array : parameters.arrays()) {
      try (NDArray gradient = array.getGradient()) {
        gradients.add(gradient.toFloatArray());
      }
    }
    return gradients;
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}

package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.GenerationListener;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Precision;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.architecture.ArchitectureFolders;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each architecture against Hugging Face; architectures.py wrote the expected values. */
class ArchitectureParityTest {

  private static final String FOLDER = "../architectures/";

  @TempDir Path scratch;

  @ParameterizedTest
  @MethodSource(ArchitectureFolders.NAMES)
  void agreesWithTransformers(String name) {
    JsonNode expected = Fixtures.json(FOLDER + name + "/expected.json");
    Path weights = Fixtures.path(FOLDER + name + "/model.safetensors");
    ModelConfig config = Architectures.read(Fixtures.path(FOLDER + name + "/config.json"));
    try (DecoderParameters parameters =
        DecoderParameters.load(weights, config, Fixtures.ENGINE.cpuManager(), Storage.trained())) {
      checkLogits(parameters, expected);
      TorchLanguageModel model = new TorchLanguageModel(parameters, EngineOptions.DEFAULT);
      checkLogps(model, expected.get("sequences"));
      checkGreedy(model, expected.get("greedy"));
      checkGradients(parameters, expected);
      checkSaved(parameters, weights);
    }
  }

  @SuppressWarnings("try") // GradMode is held, never used
  private static void checkLogits(DecoderParameters parameters, JsonNode expected) {
    try (GradMode still = GradMode.off();
        NDManager scope = parameters.manager().newSubManager()) {
      Decoder decoder = new Decoder(parameters, Precision.FLOAT32);
      PackedBatch batch = PackedBatch.ofPrompts(List.of(Fixtures.ints(expected.get("tokens"))));
      NDArray hidden = decoder.hidden(batch, scope);
      NDArray last = Ops.rows(scope.create(batch.predicting()), hidden);
      assertThat(decoder.logits(last, scope).toFloatArray())
          .containsExactly(Fixtures.floats(expected.get("logits")), within(1e-4f));
    }
  }

  private static void checkLogps(TorchLanguageModel model, JsonNode sequences) {
    List<TokenSequence> batch = new ArrayList<>();
    sequences.forEach(
        node ->
            batch.add(
                new TokenSequence(
                    Fixtures.ints(node.get("tokens")), node.get("prompt").intValue())));
    double[][] logps = model.tokenLogps(batch);
    for (int i = 0; i < logps.length; i++) {
      JsonNode values = sequences.get(i).get("logps");
      for (int t = 0; t < logps[i].length; t++) {
        assertThat(logps[i][t]).isCloseTo(values.get(t).doubleValue(), within(1e-5));
      }
    }
  }

  private static void checkGreedy(TorchLanguageModel model, JsonNode greedy) {
    List<int[]> prompts = new ArrayList<>();
    greedy.forEach(node -> prompts.add(Fixtures.ints(node.get("prompt"))));
    List<List<SampledResponse>> responses =
        model.generate(
            prompts, new SamplingOptions(2, 0, 1, 20), Fixtures.draws(1), GenerationListener.NONE);
    for (int i = 0; i < prompts.size(); i++) {
      for (SampledResponse response : responses.get(i)) {
        assertThat(response.tokens()).containsExactly(Fixtures.ints(greedy.get(i).get("response")));
      }
    }
  }

  private static void checkGradients(DecoderParameters parameters, JsonNode expected) {
    TorchTrainer trainer =
        new TorchTrainer(parameters, EngineOptions.DEFAULT, Fixtures.options(1e-30, 1000));
    double[] losses = trainer.prefer(PeerValues.pairs(expected), Fixtures.DPO).losses();
    assertThat((losses[0] + losses[1]) / 2)
        .isCloseTo(expected.get("loss").doubleValue(), within(1e-5));
    PeerValues.assertGradients(gradients(parameters), expected.get("gradients"));
  }

  /** The gradient of each tensor under its name, laid out as in the file. */
  private static Map<String, float[]> gradients(DecoderParameters parameters) {
    TensorNames names = new TensorNames(parameters.config());
    Map<String, float[]> gradients = new TreeMap<>();
    collect(names, parameters.embedding(), List.of(Part.EMBEDDING), 0, gradients);
    collect(names, parameters.positions(), List.of(Part.POSITIONS), 0, gradients);
    collect(names, parameters.head()[0], List.of(Part.FINAL_NORM), 0, gradients);
    collect(names, parameters.head()[1], List.of(Part.FINAL_NORM_BIAS), 0, gradients);
    collect(names, parameters.head()[2], List.of(Part.OUTPUT), 0, gradients);
    Slot[] slots = Slot.values();
    for (int i = 0; i < parameters.layers().length; i++) {
      collect(
          names,
          parameters.layers()[i],
          slots[i % slots.length].parts(),
          i / slots.length,
          gradients);
    }
    return gradients;
  }

  private static void collect(
      TensorNames names,
      NDArray array,
      List<Part> parts,
      int layer,
      Map<String, float[]> gradients) {
    if (parts.stream().noneMatch(names::has)) {
      return;
    }
    float[] whole;
    try (NDArray gradient = array.getGradient()) {
      whole = gradient.toFloatArray();
    }
    int begin = 0;
    for (Part part : parts) {
      if (names.has(part)) {
        String name = names.name(part, layer);
        long[] shape = names.shapes().get(name);
        int rows = (int) shape[0];
        int columns = shape.length == 1 ? 1 : (int) shape[1];
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
          int at = names.transposed(part) ? i % columns * rows + i / columns : i;
          values[i] = whole[begin + at];
        }
        gradients.put(name, values);
        begin += values.length;
      }
    }
  }

  /** What is written is what was read, tensor for tensor, byte for byte. */
  private void checkSaved(DecoderParameters parameters, Path original) {
    Path copy = scratch.resolve("model.safetensors");
    parameters.save(copy);
    try (SafetensorsFile before = SafetensorsFile.open(original);
        SafetensorsFile after = SafetensorsFile.open(copy)) {
      assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
      for (String name : before.tensors().keySet()) {
        assertThat(after.tensors().get(name).shape()).isEqualTo(before.tensors().get(name).shape());
        FloatBuffer values = after.floats(name);
        assertThat(values).as(name).isEqualTo(before.floats(name));
      }
    }
  }
}

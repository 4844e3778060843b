package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters against PEFT; lora.py wrote the expected values. */
@SuppressWarnings("try") // GradMode is held, never used
class LoraParityTest {

  private static final String MODELS = "../architectures/";
  private static final String ADAPTERS = "../lora/";

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "qwen2", "gpt2"})
  void agreesWithPeft(String name) throws Exception {
    Path weights = Fixtures.path(MODELS + name + "/model.safetensors");
    ModelConfig config = Architectures.read(Fixtures.path(MODELS + name + "/config.json"));
    AdapterFolder adapter =
        AdapterFolder.open(Fixtures.path(ADAPTERS + name + "/adapter_config.json").getParent());
    JsonNode model = Fixtures.json(MODELS + name + "/expected.json");
    JsonNode expected = Fixtures.json(ADAPTERS + name + "/expected.json");
    LoraOptions options = options(Fixtures.json(ADAPTERS + name + "/adapter_config.json"));

    try (Training still = new Training(weights, config, options, 1e-30)) {
      still.trainer.restoreAdapter(adapter.path());
      float[] logits = still.logits(Fixtures.ints(model.get("tokens")));
      assertThat(logits).containsExactly(Fixtures.floats(expected.get("logits")), within(1e-4f));
      checkWritten(still, adapter);
      checkMerged(still, adapter, config, weights, model);
      still.trainer.prefer(PeerValues.pairs(model), Fixtures.DPO);
      checkGradients(still, expected.get("gradients"));
    }
    try (Training training = new Training(weights, config, options, 1e-3)) {
      training.trainer.restoreAdapter(adapter.path());
      for (JsonNode loss : expected.get("losses")) {
        double[] losses = training.trainer.prefer(PeerValues.pairs(model), Fixtures.DPO).losses();
        assertThat((losses[0] + losses[1]) / 2).isCloseTo(loss.doubleValue(), within(1e-5));
      }
      assertClose(
          training.saved("trained"),
          Fixtures.path(ADAPTERS + name + "/trained.safetensors"),
          1e-5f);
    }
  }

  /** Files whose names, shapes, numbers and settings are PEFT's own. */
  private void checkWritten(Training training, AdapterFolder original) {
    Path written = training.saved("written");
    assertClose(written, original.path().resolve("adapter_model.safetensors"), 0);
    JsonNode ours = JsonFile.read(written.resolveSibling("adapter_config.json"));
    JsonNode theirs = JsonFile.read(original.path().resolve("adapter_config.json"));
    for (Map.Entry<String, JsonNode> entry : ours.properties()) {
      if (entry.getKey().equals("target_modules")) {
        assertThat(entry.getValue())
            .containsExactlyInAnyOrderElementsOf(theirs.get("target_modules"));
      } else if (!entry.getKey().equals("base_model_name_or_path")) {
        assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(theirs.get(entry.getKey()));
      }
    }
  }

  /** The merged model computes what the base with its adapters does; and the base is as it was. */
  private void checkMerged(
      Training training, AdapterFolder adapter, ModelConfig config, Path weights, JsonNode expected)
      throws Exception {
    byte[] before = Files.readAllBytes(weights);
    Path merged = scratch.resolve("merged.safetensors");
    training.trainer.save(merged);
    assertThat(Files.readAllBytes(weights)).isEqualTo(before);
    List<TokenSequence> sequences = new ArrayList<>();
    PeerValues.pairs(expected)
        .forEach(pair -> sequences.addAll(List.of(pair.chosen(), pair.rejected())));
    double[] unmerged = training.logps(sequences);
    try (LanguageModel saved = Fixtures.ENGINE.load(merged, config, Fixtures.CPU);
        LanguageModel loaded = Fixtures.ENGINE.load(weights, adapter, config, Fixtures.CPU)) {
      assertThat(saved.logps(sequences)).containsExactly(unmerged, within(1e-4));
      assertThat(loaded.logps(sequences)).containsExactly(saved.logps(sequences));
    }
  }

  private static void checkGradients(Training training, JsonNode expected) {
    training.putGradientsInPlaceOfValues();
    Map<String, float[]> gradients = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(training.saved("gradients"))) {
      file.tensors().keySet().forEach(name -> gradients.put(name, array(file.floats(name))));
    }
    PeerValues.assertGradients(gradients, expected);
  }

  private static void assertClose(Path actual, Path expected, float distance) {
    try (SafetensorsFile ours = SafetensorsFile.open(actual);
        SafetensorsFile theirs = SafetensorsFile.open(expected)) {
      assertThat(ours.tensors().keySet()).isEqualTo(theirs.tensors().keySet());
      for (String name : ours.tensors().keySet()) {
        assertThat(ours.tensors().get(name).shape()).isEqualTo(theirs.tensors().get(name).shape());
        assertThat(array(ours.floats(name)))
            .as(name)
            .containsExactly(array(theirs.floats(name)), within(distance));
      }
    }
  }

  private static float[] array(FloatBuffer floats) {
    float[] values = new float[floats.remaining()];
    floats.duplicate().get(values);
    return values;
  }

  private static LoraOptions options(JsonNode json) {
    List<String> targets = new ArrayList<>();
    json.get("target_modules").forEach(target -> targets.add(target.textValue()));
    return new LoraOptions(
        json.get("r").intValue(),
        json.get("lora_alpha").doubleValue(),
        0,
        targets,
        json.get("use_rslora").booleanValue());
  }

  /** A trainer with what it works on. */
  private final class Training implements AutoCloseable {

    private final DecoderParameters parameters;
    private final LoraAdapters adapters;
    private final TorchTrainer trainer;

    Training(Path weights, ModelConfig config, LoraOptions lora, double learningRate) {
      parameters =
          DecoderParameters.load(weights, config, Fixtures.ENGINE.cpuManager(), Storage.trained());
      adapters =
          new LoraAdapters(
              parameters, Checkpoint.open(weights), LoraModule.targeted(config, lora), lora, 1);
      trainer =
          new TorchTrainer(
              TrainedDecoder.adapted(parameters, adapters, Fixtures.options(learningRate, 1000)),
              EngineOptions.DEFAULT,
              Fixtures.options(learningRate, 1000),
              ShareHosts.ALONE);
    }

    float[] logits(int[] tokens) {
      Decoder decoder =
          new Decoder(parameters, Precision.FLOAT32, Optional.of(adapters), Optional.empty());
      PackedBatch batch = PackedBatch.ofPrompts(List.of(tokens));
      try (GradMode still = GradMode.off();
          NDManager scope = parameters.manager().newSubManager()) {
        NDArray last = Ops.rows(scope.create(batch.predicting()), decoder.hidden(batch, scope));
        return decoder.logits(last, scope).toFloatArray();
      }
    }

    double[] logps(List<TokenSequence> sequences) {
      ResponseScorer scorer =
          new ResponseScorer(
              new Decoder(parameters, Precision.FLOAT32, Optional.of(adapters), Optional.empty()));
      PackedBatch batch = PackedBatch.of(sequences, parameters.config());
      try (GradMode still = GradMode.off();
          NDManager scope = parameters.manager().newSubManager()) {
        return batch.sums(scorer.tokenLogps(batch, scope).toFloatArray());
      }
    }

    void putGradientsInPlaceOfValues() {
      try (GradMode still = GradMode.off()) {
        for (NDArray array : adapters.arrays()) {
          try (NDArray gradient = array.getGradient()) {
            Ops.setRows(array, gradient, 0, array.getShape().get(0));
          }
        }
      }
    }

    /** The adapter's tensors as a file. */
    Path saved(String name) {
      Path folder = scratch.resolve(name);
      folder.toFile().mkdir();
      trainer.saveAdapter(folder);
      return folder.resolve("adapter_model.safetensors");
    }

    @Override
    public void close() {
      trainer.close();
    }
  }
}

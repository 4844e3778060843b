package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Folders that are saved after training, and fresh ones, for each architecture with tied and untied
 * embeddings. reload.py shows that transformers computes the same with such folders.
 */
class SavedModelTest {

  private static final String ARCHITECTURES = "../architectures/";
  private static final String OUTPUT = "lm_head.weight";
  private static final TokenSequence SEQUENCE =
      new TokenSequence(new int[] {5, 40, 7, 9, 22, 31, 3, 17, 45, 8, 12}, 3);

  @TempDir Path scratch;

  private Path tokenizer;

  @BeforeEach
  void writeTokenizer() {
    tokenizer = scratch.resolve("tokenizer.json");
    ByteLevelBpe.train(List.of("a"), 261, ChatFormat.SPECIAL_TOKENS).write(tokenizer);
  }

  @ParameterizedTest
  @CsvSource({
    "llama3, true", "llama3, false",
    "mistral, true", "mistral, false",
    "qwen2, true", "qwen2, false",
    "qwen3, true", "qwen3, false",
    "gpt2, true", "gpt2, false",
    "gemma2, true", "gemma2, false",
  })
  void aTrainedModelIsSavedWithTheNamesAndTheLogitsThatItHas(String name, boolean tied)
      throws IOException {
    ModelFolder start = variant(name, tied);
    try (Trainer trainer = trainer(start)) {
      trainer.fineTune(List.of(SEQUENCE));
      Path parameters = scratch.resolve("trained.safetensors");
      trainer.save(parameters);
      ModelFolder saved = start.saveWith(scratch.resolve("saved"), parameters);

      ModelFolder opened = ModelFolder.open(saved.path());
      assertThat(opened.config()).isEqualTo(start.config());
      assertThat(tensors(opened)).isEqualTo(referenceTensors(name, tied));
      double loss = trainer.fineTune(List.of(SEQUENCE)).loss();
      assertThat(loss(opened)).isCloseTo(loss, within(1e-6)).isNotCloseTo(loss(start), within(0.1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama3, true", "llama-linear, false",
    "mistral, true", "mistral, false",
    "qwen2, true", "qwen2-windows, false",
    "qwen3, true", "qwen3, false",
    "gpt2, true", "gpt2, false",
    "gemma2, true", "gemma2, false",
  })
  void aFreshModelIsSavedToo(String name, boolean tied) throws IOException {
    ModelConfig config = variant(name, tied).config();
    Path parameters = scratch.resolve("fresh.safetensors");
    Fixtures.ENGINE.initialise(config, 3, parameters);

    ModelFolder.save(scratch.resolve("saved"), config, parameters, tokenizer);

    ModelFolder opened = ModelFolder.open(scratch.resolve("saved"));
    assertThat(opened.config()).isEqualTo(config);
    assertThat(tensors(opened)).isEqualTo(referenceTensors(name, tied));
    // Small random weights predict almost evenly.
    assertThat(loss(opened)).isCloseTo(Math.log(config.vocabSize()), within(0.1));
  }

  /** transformers' model of that name, with an output layer of its own where it is to be untied. */
  private ModelFolder variant(String name, boolean tied) throws IOException {
    Path folder = Files.createDirectory(scratch.resolve("start"));
    ObjectNode json = JsonFile.read(Fixtures.path(ARCHITECTURES + name + "/config.json"));
    json.put("tie_word_embeddings", tied);
    JsonFile.write(folder.resolve("config.json"), json);
    Files.copy(tokenizer, folder.resolve("tokenizer.json"));
    ModelConfig config = Architectures.read(folder.resolve("config.json"));
    TensorNames names = new TensorNames(config);
    String embedding = names.name(Part.EMBEDDING, 0);
    try (Checkpoint file =
        Checkpoint.open(Fixtures.path(ARCHITECTURES + name + "/model.safetensors"))) {
      SafetensorsWriter.write(
          folder.resolve("model.safetensors"),
          names.shapes(),
          (tensor, parts) ->
              file.supply(file.tensors().containsKey(tensor) ? tensor : embedding, parts),
          Map.of("format", "pt"));
    }
    return ModelFolder.open(folder);
  }

  /** What transformers saves of that model: all but a tied output layer. */
  private static SortedMap<String, List<Long>> referenceTensors(String name, boolean tied) {
    SortedMap<String, List<Long>> tensors =
        tensors(Fixtures.path(ARCHITECTURES + name + "/model.safetensors"));
    Set<String> names = new TreeSet<>(tensors.keySet());
    tensors.remove(OUTPUT);
    if (!tied) {
      String embedding =
          names.stream()
              .filter(each -> each.endsWith("embed_tokens.weight") || each.endsWith("wte.weight"))
              .findFirst()
              .orElseThrow();
      tensors.put(OUTPUT, tensors.get(embedding));
    }
    return tensors;
  }

  private static SortedMap<String, List<Long>> tensors(ModelFolder folder) {
    return tensors(folder.parameters());
  }

  private static SortedMap<String, List<Long>> tensors(Path parameters) {
    SortedMap<String, List<Long>> tensors = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(parameters)) {
      file.tensors()
          .forEach(
              (name, tensor) -> tensors.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
    }
    return tensors;
  }

  private static Trainer trainer(ModelFolder folder) {
    return Fixtures.ENGINE.trainer(
        folder.parameters(), folder.config(), ComputeDevice.CPU, Fixtures.options(0.01, 100));
  }

  /** Nats per response token. */
  private static double loss(ModelFolder folder) {
    try (LanguageModel model =
        Fixtures.ENGINE.load(folder.parameters(), folder.config(), ComputeDevice.CPU)) {
      return -Arrays.stream(model.tokenLogps(List.of(SEQUENCE))[0]).average().orElseThrow();
    }
  }
}

package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFolderTest {

  private static final ModelConfig CONFIG =
      new ModelConfig(300, 16, 24, 2, 4, 2, 64, 1e-5, 20_000, true, 0, 0, 1);

  @TempDir Path temporary;

  private Path parameters;
  private Path tokenizer;
  private Path target;

  @BeforeEach
  void sources() throws IOException {
    parameters = Files.writeString(temporary.resolve("theta"), "parameters");
    tokenizer = Files.writeString(temporary.resolve("bpe"), "tokenizer");
    target = temporary.resolve("runs").resolve("final");
  }

  @Test
  void whatIsSavedOpensAgain() {
    ModelFolder saved = ModelFolder.save(target, CONFIG, parameters, tokenizer);

    assertThat(ModelFolder.open(target)).isEqualTo(saved);
    assertThat(saved.config()).isEqualTo(CONFIG);
    assertThat(saved.parameters()).hasFileName("model.safetensors").hasContent("parameters");
    assertThat(saved.tokenizer()).hasFileName("tokenizer.json").hasContent("tokenizer");
    assertThat(target.getParent()).isDirectoryNotContaining(entry -> !entry.equals(target));
  }

  /** Values by hand; names from transformers' LlamaConfig. */
  @Test
  void theFilesSayWhatHuggingFaceReads() {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);

    JsonNode config = JsonFile.read(target.resolve("config.json"));
    assertThat(config.at("/architectures/0").asText()).isEqualTo("LlamaForCausalLM");
    assertThat(config.path("model_type").asText()).isEqualTo("llama");
    assertThat(config.path("hidden_size").asInt()).isEqualTo(16);
    assertThat(config.path("head_dim").asInt()).isEqualTo(4);
    assertThat(config.path("num_key_value_heads").asInt()).isEqualTo(2);
    assertThat(config.path("rope_theta").asDouble()).isEqualTo(20_000);
    assertThat(config.path("torch_dtype").asText()).isEqualTo("float32");
    JsonNode generation = JsonFile.read(target.resolve("generation_config.json"));
    assertThat(generation.path("eos_token_id").asInt(-1)).isZero();
    assertThat(generation.path("pad_token_id").asInt(-1)).isEqualTo(1);
    JsonNode tokens = JsonFile.read(target.resolve("tokenizer_config.json"));
    assertThat(tokens.path("eos_token").asText()).isEqualTo("<|endoftext|>");
    assertThat(tokens.path("chat_template").asText()).contains("add_generation_prompt");
  }

  @Test
  void savingAgainReplacesTheModelOnly() throws IOException {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    Path other = Files.writeString(temporary.resolve("theta2"), "other");
    assertThat(ModelFolder.save(target, CONFIG, other, tokenizer).parameters()).hasContent("other");

    Path home = Files.createDirectory(temporary.resolve("home"));
    Path letter = Files.writeString(home.resolve("letter.txt"), "dear");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFolder.save(home, CONFIG, parameters, tokenizer))
        .withMessage(
            home + ": is not a model folder, so it is not replaced; remove it or choose another");
    assertThat(letter).hasContent("dear");
  }

  /** A killed save leaves these beside the target. */
  @Test
  void leftoversOfAKilledSaveAreCleared() throws IOException {
    Files.createDirectories(target.resolveSibling("final.partial"));
    Files.writeString(target.resolveSibling("final.partial").resolve("model.safetensors"), "half");
    Files.createDirectories(target.resolveSibling("final.old"));

    ModelFolder.save(target, CONFIG, parameters, tokenizer);

    assertThat(ModelFolder.open(target).parameters()).hasContent("parameters");
    try (Stream<Path> entries = Files.list(target.getParent())) {
      assertThat(entries).containsExactly(target);
    }
  }

  @Test
  void aFailedSaveLeavesTheOldModelAndNothingElse() {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    Path absent = temporary.resolve("absent");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> ModelFolder.save(target, CONFIG, parameters, absent))
        .withMessageStartingWith(target + ": cannot be written: ")
        .withMessageContaining(absent.toString());
    assertThat(ModelFolder.open(target).tokenizer()).hasContent("tokenizer");
    assertThat(target.getParent()).isDirectoryNotContaining(entry -> !entry.equals(target));
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    assertRefused("final: no such model folder");
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    Files.delete(target.resolve("tokenizer.json"));
    assertRefused("tokenizer.json: no such file");
    Files.delete(target.resolve("model.safetensors"));
    assertRefused("model.safetensors: no such file");
    Files.delete(target.resolve("config.json"));
    assertRefused("config.json: no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_type||key 'model_type' is missing",
        "model_type|\"gpt2\"|key 'model_type' cannot be \"gpt2\"; Proxima needs llama",
        "hidden_size||key 'hidden_size' is missing",
        "hidden_size|\"16\"|key 'hidden_size' cannot be \"16\"",
        "hidden_size|16.5|key 'hidden_size' cannot be 16.5",
        "hidden_size|17|num_attention_heads must divide hidden_size",
        "eos_token_id|[0,1]|key 'eos_token_id' cannot be [0,1]",
        "eos_token_id|300|eos_token_id must be at least 0 and below vocab_size",
        "head_dim|8|key 'head_dim' cannot be 8; Proxima needs 4",
        "hidden_act|\"gelu\"|key 'hidden_act' cannot be \"gelu\"; Proxima needs silu",
        "attention_bias|true|key 'attention_bias' cannot be true; Proxima needs false",
        "rope_scaling|{\"rope_type\":\"llama3\"}|key 'rope_type' cannot be \"llama3\"; Proxima needs default",
      })
  void configsThatCannotBeRunAreRefusedByKey(String key, String value, String message)
      throws IOException {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    editConfig(key, value);
    assertRefused("config.json: " + message);
  }

  /** As transformers 5 saves it: rope_theta nested, defaults written or left out, null for none. */
  @Test
  void optionalKeysHaveTheirDefaults() throws IOException {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    editConfig("rope_theta", null);
    editConfig("rope_parameters", "{\"rope_theta\": 30000.0, \"rope_type\": \"default\"}");
    editConfig("rope_scaling", "null");
    editConfig("num_key_value_heads", null);
    editConfig("tie_word_embeddings", null);
    editConfig("rms_norm_eps", null);
    editConfig("pad_token_id", "null");

    assertThat(ModelFolder.open(target).config())
        .isEqualTo(new ModelConfig(300, 16, 24, 2, 4, 4, 64, 1e-6, 30_000, false, 0, 0, 0));
  }

  private void editConfig(String key, String value) throws IOException {
    Path file = target.resolve("config.json");
    ObjectNode config = JsonFile.read(file);
    config.remove(key);
    if (value != null) {
      Path scratch = Files.writeString(temporary.resolve("value"), "{\"v\":" + value + "}");
      config.set(key, JsonFile.read(scratch).path("v"));
    }
    JsonFile.write(file, config);
  }

  private void assertRefused(String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFolder.open(target))
        .withMessageEndingWith(message)
        .withMessageStartingWith(target.toString());
  }
}

package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFolderTest {

  private static final ModelConfig CONFIG =
      ModelConfig.llama(300, 16, 24, 2, 4, 2, 64, 1e-5, 20_000, true, 0, 0, 1);

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

  /** In the format of sha256sum; that of "parameters" by {@code printf parameters | sha256sum}. */
  @Test
  void whatHasChangedSinceItWasSavedIsNamed() throws IOException {
    ModelFolder saved = ModelFolder.save(target, CONFIG, parameters, tokenizer);
    saved.verify();
    assertThat(target.resolve("SHA256SUMS"))
        .content()
        .contains(
            "f528212a496dc7a0e9a57c129b561aa4609364d70f886c09d668e00797521eb5  model.safetensors\n")
        .hasLineCount(5);

    Files.writeString(target.resolve("tokenizer.json"), "Tokenizer");
    assertThatIllegalArgumentException()
        .isThrownBy(saved::verify)
        .withMessage(
            target.resolve("tokenizer.json")
                + ": is not what was saved: its checksum differs from SHA256SUMS");
    Files.delete(target.resolve("tokenizer.json"));
    assertThatIllegalArgumentException()
        .isThrownBy(saved::verify)
        .withMessage(target.resolve("tokenizer.json") + ": no such file");
    Files.writeString(target.resolve("SHA256SUMS"), "0123  ../../secret\n");
    assertThatIllegalArgumentException()
        .isThrownBy(saved::verify)
        .withMessage(target.resolve("SHA256SUMS") + ": is not a list of checksums");
  }

  @Test
  void largeParametersAreSavedInShardsAndSmallShardsInOneFile() {
    SortedMap<String, long[]> shapes =
        new TreeMap<>(Map.of("a", new long[] {2}, "b", new long[] {3}));
    FloatBuffer values = FloatBuffer.wrap(new float[] {1, 2, 3});
    Path whole = temporary.resolve("whole.safetensors");
    SafetensorsWriter.write(
        whole, shapes, name -> values.slice(0, (int) shapes.get(name)[0]), Map.of("format", "pt"));

    ModelFolder sharded = ModelFolder.save(target, CONFIG, whole, tokenizer, 16);

    assertThat(sharded.parameters()).hasFileName("model.safetensors.index.json");
    assertThat(ModelFolder.open(target)).isEqualTo(sharded);
    sharded.verify();
    assertThat(target).isDirectoryContaining("glob:**/model-00002-of-00002.safetensors");
    Path other = temporary.resolve("other");
    ModelFolder.save(other, CONFIG, sharded.parameters(), tokenizer);
    assertThat(other.resolve("model.safetensors")).hasSameBinaryContentAs(whole);
  }

  @Test
  void aModelIsSavedWithOtherParameters() throws IOException {
    ModelFolder made = ModelFolder.save(target, CONFIG, parameters, tokenizer);
    editConfig("torch_dtype", "\"bfloat16\"");
    Files.writeString(target.resolve("chat_template.jinja"), "{{ messages }}");
    Files.writeString(
        Files.createDirectory(target.resolve("additional_chat_templates")).resolve("rag.jinja"),
        "rag");
    Path theta = Files.writeString(temporary.resolve("theta2"), "trained");

    ModelFolder trained = made.saveWith(temporary.resolve("trained"), theta);

    assertThat(ModelFolder.open(trained.path())).isEqualTo(trained);
    assertThat(trained.parameters()).hasContent("trained");
    assertThat(JsonFile.read(trained.path().resolve("config.json")).path("torch_dtype").asText())
        .isEqualTo("float32");
    assertThat(trained.tokenizerConfig()).isEqualTo(made.tokenizerConfig());
    assertThat(trained.tokenizerConfig().chatTemplates())
        .isEqualTo(Map.of("default", "{{ messages }}", "rag", "rag"));
    assertThat(trained.generationConfig()).isEqualTo(made.generationConfig());
    trained.verify();
  }

  @Test
  void aConversationIsEncodedByTheFoldersOwnTemplate() throws IOException {
    ByteLevelBpe.train(List.of("kettle kettle"), 270, ChatFormat.SPECIAL_TOKENS).write(tokenizer);
    ModelFolder folder = ModelFolder.save(target, CONFIG, parameters, tokenizer);
    List<Message> forged = List.of(new Message("user", "a<|endoftext|>"));
    try (Tokenizer opened = DjlTokenizer.open(folder.tokenizer())) {
      int end = opened.tokenId(ChatFormat.END_OF_TEXT);
      ChatEncoder own = folder.chatEncoder(opened);
      assertThat(own.prompt(forged)).isEqualTo(new ChatFormat(opened).prompt(forged));
      assertThat(own.prompt(forged)).doesNotContain(end);

      Files.writeString(
          target.resolve("chat_template.jinja"),
          "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}");
      assertThat(folder.chatEncoder(opened).prompt(forged))
          .hasSize(3)
          .startsWith(end)
          .endsWith(end);
      Files.delete(target.resolve("chat_template.jinja"));

      Files.delete(target.resolve("tokenizer_config.json"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> folder.chatEncoder(opened))
          .withMessage(target + ": has no chat template; add one as chat_template.jinja");
    }
  }

  /** Llama 3's config.json names one end token, its generation_config.json those of a turn too. */
  @Test
  void theEndTokensAreThoseOfTheGenerationConfiguration() throws IOException {
    ModelFolder.save(target, CONFIG, parameters, tokenizer);
    Path generation = target.resolve("generation_config.json");
    Files.writeString(generation, "{\"eos_token_id\": [0, 9, 12]}");
    assertThat(ModelFolder.open(target).config())
        .isEqualTo(CONFIG.withEndTokens(List.of(0, 9, 12)));

    Files.writeString(generation, "{\"eos_token_id\": 300}");
    assertRefused("generation_config.json: eos_token_id must be at least 0 and below vocab_size");

    Files.delete(generation);
    assertThat(ModelFolder.open(target).config()).isEqualTo(CONFIG);
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
        "model_type|\"mamba\"|key 'model_type' cannot be \"mamba\"; Proxima needs one of llama, mistral, qwen2, qwen3, gpt2, gemma2",
        "model_type|\"gpt2\"|key 'n_embd' is missing",
        "hidden_size||key 'hidden_size' is missing",
        "hidden_size|\"16\"|key 'hidden_size' cannot be \"16\"; Proxima needs a whole number",
        "hidden_size|16.5|key 'hidden_size' cannot be 16.5; Proxima needs a whole number",
        "eos_token_id|[0,\"a\"]|key 'eos_token_id' cannot be [0,\"a\"]; Proxima needs a list of token ids",
        "eos_token_id|300|eos_token_id must be at least 0 and below vocab_size",
        "head_dim|5|the head size (head_dim, or hidden_size / num_attention_heads) must be even",
        "hidden_act|\"relu\"|key 'hidden_act' cannot be \"relu\"; Proxima needs one of silu, gelu, gelu_new, gelu_pytorch_tanh",
        "attention_bias|1|key 'attention_bias' cannot be 1; Proxima needs true or false",
        "rope_scaling|{\"rope_type\":\"llama3\"}|key 'factor' is missing",
        "rope_scaling|{\"rope_type\":\"yarn\"}|key 'rope_type' cannot be \"yarn\"; Proxima needs one of default, linear, llama3",
        "rope_scaling|{\"type\":\"dynamic\",\"factor\":2.0}|key 'type' cannot be \"dynamic\"; Proxima needs one of default, linear, llama3",
        "layer_types|[\"full_attention\"]|key 'layer_types' cannot be [\"full_attention\"]; Proxima needs a list of 2 types",
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
        .isEqualTo(ModelConfig.llama(300, 16, 24, 2, 4, 4, 64, 1e-6, 30_000, false, 0, 0, 0));
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

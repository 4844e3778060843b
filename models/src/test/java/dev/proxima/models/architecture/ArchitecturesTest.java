package dev.proxima.models.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Attention;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files that are read here are transformers' own. */
class ArchitecturesTest {

  @TempDir Path scratch;

  @ParameterizedTest
  @MethodSource(ArchitectureFolders.NAMES)
  void whatIsWrittenIsReadAgain(String name) {
    ModelConfig config = Architectures.read(ArchitectureFolders.config(name));
    Path file = scratch.resolve("config.json");
    Architectures.write(config, file);
    assertThat(Architectures.read(file)).isEqualTo(config);
    assertThat(JsonFile.read(file).get("architectures"))
        .isEqualTo(JsonFile.read(ArchitectureFolders.config(name)).get("architectures"));
    Architectures.write(config.withEndTokens(List.of(4, 7)), file);
    assertThat(Architectures.read(file).tokens().eos()).containsExactly(4, 7);
  }

  @Test
  void aShapeThatNoModelOfItsFamilyHasIsNotWritten() {
    ModelConfig llama = ModelConfig.llama(48, 24, 40, 2, 6, 2, 64, 1e-5, 10000, true, 0, 1, 2);
    Attention windowed = llama.attention().withWindows(List.of(5, 5));
    ModelConfig impossible =
        new ModelConfig(
            "llama",
            llama.vocabSize(),
            llama.hiddenSize(),
            llama.layers(),
            llama.maxPositionEmbeddings(),
            windowed,
            llama.rotary(),
            llama.feedForward(),
            llama.norm(),
            llama.embedding(),
            llama.tokens());
    Path file = scratch.resolve("config.json");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Architectures.write(impossible, file))
        .withMessageStartingWith("no llama is shaped as ");
    assertThat(file).doesNotExist();
  }

  /** The defaults of transformers' configuration classes, where a key is missing or null. */
  @ParameterizedTest
  @CsvSource({
    "mistral, sliding_window, false, attention.windows, '[4096, 4096]'",
    "mistral, sliding_window, true, attention.windows, '[0, 0]'",
    "mistral, num_key_value_heads, true, attention.kvHeads, 4",
    "qwen3, head_dim, false, attention.headSize, 128",
    "gemma2, head_dim, false, attention.headSize, 256",
    "gemma2, num_key_value_heads, false, attention.kvHeads, 4",
    "gemma2, attn_logit_softcapping, false, attention.logitCap, 50.0",
    "gemma2, attn_logit_softcapping, true, attention.logitCap, 0.0",
    "gemma2, final_logit_softcapping, false, embedding.logitCap, 30.0",
    "gemma2, final_logit_softcapping, true, embedding.logitCap, 0.0",
    "gemma2, query_pre_attn_scalar, false, attention.scale, 0.0625",
    "gemma2, tie_word_embeddings, false, embedding.tied, true",
    "gpt2, n_inner, false, feedForward.intermediateSize, 64",
  })
  void keysThatAreLeftOutHaveTransformersDefaults(
      String name, String key, boolean asNull, String property, String expected) {
    ObjectNode json = JsonFile.read(ArchitectureFolders.config(name));
    json.remove(key);
    if (asNull) {
      json.putNull(key);
    }
    Path file = scratch.resolve("config.json");
    JsonFile.write(file, json);
    assertThat(Architectures.read(file)).extracting(property).hasToString(expected);
  }
}

package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationConfigTest {

  @TempDir Path folder;

  /** As Llama 3.1's file has them. */
  @Test
  void readsWhatTheMakersSay() throws IOException {
    write(
        "generation_config.json",
        """
        {"bos_token_id": 128000, "do_sample": true, "eos_token_id": [128001, 128008, 128009],
         "temperature": 0.6, "top_p": 0.9, "top_k": 40, "transformers_version": "4.42.3"}
        """);
    assertThat(GenerationConfig.read(folder))
        .isEqualTo(
            new GenerationConfig(
                List.of(128001, 128008, 128009),
                OptionalInt.empty(),
                Optional.of(true),
                OptionalDouble.of(0.6),
                OptionalDouble.of(0.9),
                OptionalInt.of(40)));
  }

  @Test
  void tokensThatAreNotSaidComeFromTheModel() throws IOException {
    write("config.json", "{\"eos_token_id\": [7, 8], \"pad_token_id\": 1, \"top_k\": 3}");
    GenerationConfig alone = GenerationConfig.read(folder);
    assertThat(alone.eosTokenIds()).containsExactly(7, 8);
    assertThat(alone.padTokenId()).hasValue(1);
    assertThat(alone.topK()).isEmpty();

    write("generation_config.json", "{\"eos_token_id\": 9, \"pad_token_id\": null}");
    GenerationConfig both = GenerationConfig.read(folder);
    assertThat(both.eosTokenIds()).containsExactly(9);
    assertThat(both.padTokenId()).hasValue(1);
  }

  @Test
  void theFileThatHoldsAWrongValueIsNamed() throws IOException {
    write("config.json", "{\"eos_token_id\": [0, -2], \"pad_token_id\": -1}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationConfig.read(folder))
        .withMessage(folder.resolve("config.json") + ": key 'eos_token_id' cannot be -2");
    write("generation_config.json", "{\"eos_token_id\": 0}");
    assertThat(GenerationConfig.read(folder).padTokenId()).isEmpty();
  }

  @Test
  void aTemperatureOfZeroMeansNoSampling() throws IOException {
    write("generation_config.json", "{\"do_sample\": true, \"temperature\": 0}");
    GenerationConfig config = GenerationConfig.read(folder);
    assertThat(config.doSample()).contains(false);
    assertThat(config.temperature()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"eos_token_id\": \"2\"}|key 'eos_token_id' cannot be \"2\"",
        "{\"eos_token_id\": [2, 3.5]}|key 'eos_token_id' cannot be 3.5",
        "{\"eos_token_id\": -1}|key 'eos_token_id' cannot be -1",
        "{\"pad_token_id\": 4294967296}|key 'pad_token_id' cannot be 4294967296",
        "{\"temperature\": -0.5}|temperature must be positive",
        "{\"temperature\": \"hot\"}|key 'temperature' cannot be \"hot\"",
        "{\"top_p\": 1.5}|top_p must be above 0 and at most 1",
        "{\"top_k\": 2.5}|key 'top_k' cannot be 2.5",
        "{\"do_sample\": 1}|key 'do_sample' cannot be 1",
      })
  void whatCannotBeIsNamed(String content, String message) throws IOException {
    write("generation_config.json", content);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationConfig.read(folder))
        .withMessage(folder.resolve("generation_config.json") + ": " + message);
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }
}

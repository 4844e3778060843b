package dev.proxima.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a model's makers generate with it, after Hugging Face's {@code generation_config.json}; empty
 * where they do not say.
 *
 * @param eosTokenIds tokens that end a response; there may be several, as in Llama 3
 * @param temperature more than 0; a file's 0 is read as no sampling
 * @param topP in (0, 1]
 * @param topK at least 0, which is no limit
 */
public record GenerationConfig(
    List<Integer> eosTokenIds,
    OptionalInt padTokenId,
    Optional<Boolean> doSample,
    OptionalDouble temperature,
    OptionalDouble topP,
    OptionalInt topK) {

  static final String FILE = "generation_config.json";

  public GenerationConfig {
    eosTokenIds = List.copyOf(eosTokenIds);
    require(eosTokenIds.stream().allMatch(id -> id >= 0), "eos_token_id must be 0 or more");
    require(padTokenId.orElse(0) >= 0, "pad_token_id must be 0 or more");
    require(temperature.orElse(1) > 0, "temperature must be positive");
    require(topP.orElse(1) > 0 && topP.orElse(1) <= 1, "top_p must be above 0 and at most 1");
    require(topK.orElse(0) >= 0, "top_k must be 0 or more");
  }

  /**
   * Reads a model folder's file; the tokens that it lacks, or all where there is no such file, come
   * from {@code config.json}.
   *
   * @throws IllegalArgumentException with one line that names the file and the key
   */
  public static GenerationConfig read(Path folder) {
    Source generation = Source.of(folder.resolve(FILE));
    Source model = Source.of(folder.resolve(ModelFolder.CONFIG));
    Source eos = generation.root.hasNonNull("eos_token_id") ? generation : model;
    Source pad = generation.root.hasNonNull("pad_token_id") ? generation : model;
    List<Integer> eosTokenIds = eos.integers("eos_token_id");
    // The first Llama's files say -1 for none.
    OptionalInt padTokenId =
        pad.root.path("pad_token_id").asInt() < 0
            ? OptionalInt.empty()
            : pad.integer("pad_token_id");
    Optional<Boolean> doSample = generation.flag("do_sample");
    OptionalDouble temperature = generation.number("temperature");
    OptionalDouble topP = generation.number("top_p");
    OptionalInt topK = generation.integer("top_k");
    boolean greedy = temperature.isPresent() && temperature.getAsDouble() == 0;
    try {
      return new GenerationConfig(
          eosTokenIds,
          padTokenId,
          greedy ? Optional.of(false) : doSample,
          greedy ? OptionalDouble.empty() : temperature,
          topP,
          topK);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(generation.file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The model with the end tokens of its folder, which {@code config.json} may not all name.
   *
   * @throws IllegalArgumentException with one line that names the file and the key
   */
  static ModelConfig endTokens(Path folder, ModelConfig config) {
    List<Integer> eos = read(folder).eosTokenIds();
    try {
      return config.withEndTokens(eos);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(folder.resolve(FILE) + ": " + e.getMessage(), e);
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** One of the two files; empty where it is missing. */
  private record Source(Path file, ObjectNode root) {

    static Source of(Path file) {
      return new Source(
          file, Files.exists(file) ? JsonFile.read(file) : JsonNodeFactory.instance.objectNode());
    }

    List<Integer> integers(String key) {
      JsonNode value = root.path(key);
      List<Integer> integers = new ArrayList<>();
      if (value.isArray()) {
        value.forEach(element -> integers.add(integer(key, element)));
      } else {
        integer(key).ifPresent(integers::add);
      }
      return integers;
    }

    OptionalInt integer(String key) {
      return root.hasNonNull(key)
          ? OptionalInt.of(integer(key, root.path(key)))
          : OptionalInt.empty();
    }

    OptionalDouble number(String key) {
      JsonNode value = root.path(key);
      if (!root.hasNonNull(key)) {
        return OptionalDouble.empty();
      }
      if (!value.isNumber()) {
        throw cannotBe(key, value);
      }
      return OptionalDouble.of(value.doubleValue());
    }

    Optional<Boolean> flag(String key) {
      JsonNode value = root.path(key);
      if (!root.hasNonNull(key)) {
        return Optional.empty();
      }
      if (!value.isBoolean()) {
        throw cannotBe(key, value);
      }
      return Optional.of(value.booleanValue());
    }

    private int integer(String key, JsonNode value) {
      if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
        throw cannotBe(key, value);
      }
      return value.intValue();
    }

    private IllegalArgumentException cannotBe(String key, JsonNode value) {
      return new IllegalArgumentException(file + ": key '" + key + "' cannot be " + value);
    }
  }
}

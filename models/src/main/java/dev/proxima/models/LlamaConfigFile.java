package dev.proxima.models;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A {@link ModelConfig} as Hugging Face's {@code config.json} of a Llama model. */
final class LlamaConfigFile {

  private static final String MODEL_TYPE = "model_type";
  private static final String ROPE_THETA = "rope_theta";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private LlamaConfigFile() {}

  static void write(ModelConfig config, Path path) {
    ObjectNode root = JSON.createObjectNode();
    root.putArray("architectures").add("LlamaForCausalLM");
    root.put(MODEL_TYPE, "llama");
    root.setAll((ObjectNode) JSON.valueToTree(config));
    root.put("head_dim", config.headSize());
    root.put("hidden_act", "silu");
    root.put("attention_bias", false).put("mlp_bias", false).put("attention_dropout", 0.0);
    root.put("initializer_range", 0.02).put("use_cache", true);
    // The newer and the older name of the same key.
    root.put("dtype", "float32").put("torch_dtype", "float32");
    JsonFile.write(path, root);
  }

  /**
   * Reads the shape; keys that a file may leave out get Hugging Face's defaults.
   *
   * @throws IllegalArgumentException with one line that names the file and the key that is missing,
   *     ill-typed or asks for what Proxima's Llama does not do
   */
  static ModelConfig read(Path path) {
    ObjectNode root = JsonFile.read(path);
    require(root.hasNonNull(MODEL_TYPE), path, missing(MODEL_TYPE));
    requireAbsentOr(root, MODEL_TYPE, "llama", path);
    requireAbsentOr(root, "hidden_act", "silu", path);
    requireAbsentOr(root, "attention_bias", "false", path);
    requireAbsentOr(root, "mlp_bias", "false", path);
    requireAbsentOr(root.path("rope_scaling"), "rope_type", "default", path);
    requireAbsentOr(root.path("rope_parameters"), "rope_type", "default", path);
    fillDefaults(root);
    ModelConfig config = convert(root, path);
    requireAbsentOr(root, "head_dim", Integer.toString(config.headSize()), path);
    return config;
  }

  private static void fillDefaults(ObjectNode root) {
    fill(root, ROPE_THETA, root.path("rope_parameters").path(ROPE_THETA));
    fill(root, ROPE_THETA, root.numberNode(10_000.0));
    fill(root, "rms_norm_eps", root.numberNode(1e-6));
    fill(root, "num_key_value_heads", root.path("num_attention_heads"));
    fill(root, "tie_word_embeddings", root.booleanNode(false));
    fill(root, "pad_token_id", root.path("eos_token_id"));
  }

  private static void fill(ObjectNode root, String key, JsonNode value) {
    if (!root.hasNonNull(key) && !value.isMissingNode()) {
      root.set(key, value);
    }
  }

  private static ModelConfig convert(ObjectNode root, Path path) {
    try {
      return JSON.treeToValue(root, ModelConfig.class);
    } catch (ValueInstantiationException e) {
      throw new IllegalArgumentException(path + ": " + e.getCause().getMessage(), e);
    } catch (JsonMappingException e) {
      String key = keyOf(e.getPath());
      String problem = root.hasNonNull(key) ? cannotBe(key, root.path(key)) : missing(key);
      throw new IllegalArgumentException(path + ": " + problem, e);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }

  private static String keyOf(List<JsonMappingException.Reference> path) {
    return path.get(path.size() - 1).getFieldName();
  }

  private static void requireAbsentOr(JsonNode parent, String key, String value, Path path) {
    JsonNode found = parent.path(key);
    require(
        !parent.hasNonNull(key) || found.asText().equals(value),
        path,
        cannotBe(key, found) + "; Proxima needs " + value);
  }

  private static String missing(String key) {
    return "key '" + key + "' is missing";
  }

  private static String cannotBe(String key, JsonNode value) {
    return "key '" + key + "' cannot be " + value;
  }

  private static void require(boolean holds, Path path, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(path + ": " + problem);
    }
  }
}

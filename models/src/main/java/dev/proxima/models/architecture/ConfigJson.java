package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.FeedForward.Activation;
import dev.proxima.models.ModelConfig.Rotary;
import dev.proxima.models.ModelConfig.Rotary.Scaling;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * A {@code config.json}, read key by key. Whatever is wrong is an IllegalArgumentException with one
 * line that names the file and the key. A key that is null counts as missing.
 */
public final class ConfigJson {

  private final Path path;
  private final JsonNode root;

  private ConfigJson(Path path, JsonNode root) {
    this.path = path;
    this.root = root;
  }

  static ConfigJson read(Path path) {
    return of(path, JsonFile.read(path));
  }

  /** What is, or is to be, in a file. */
  static ConfigJson of(Path path, ObjectNode root) {
    return new ConfigJson(path, root);
  }

  boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** For the keys whose null is not their default. */
  boolean absent(String key) {
    return !root.has(key);
  }

  String text(String key) {
    require(has(key), key);
    if (!root.get(key).isTextual()) {
      throw cannotBe(key, "a text");
    }
    return root.get(key).textValue();
  }

  int integer(String key) {
    require(has(key), key);
    JsonNode value = root.get(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw cannotBe(key, "a whole number");
    }
    return value.intValue();
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  double number(String key) {
    require(has(key), key);
    if (!root.get(key).isNumber()) {
      throw cannotBe(key, "a number");
    }
    return root.get(key).doubleValue();
  }

  double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (has(key) && !root.get(key).isBoolean()) {
      throw cannotBe(key, "true or false");
    }
    return has(key) ? root.get(key).booleanValue() : otherwise;
  }

  /** Refuses a key that asks for something else than {@code value}. */
  void requireAbsentOr(String key, String value) {
    if (has(key) && !root.get(key).asText().equals(value)) {
      throw cannotBe(key, value);
    }
  }

  /** Builds what is checked in a constructor, whose complaint gets the file's name. */
  <T> T checked(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      String prefix = path + ": ";
      if (e.getMessage().startsWith(prefix)) {
        throw e;
      }
      throw new IllegalArgumentException(prefix + e.getMessage(), e);
    }
  }

  /** The rotation, under the keys of older ({@code rope_scaling}) and newer files. */
  Rotary rotary(double defaultTheta) {
    String key = has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    ConfigJson nested = new ConfigJson(path, root.path(key));
    double theta = nested.number("rope_theta", number("rope_theta", defaultTheta));
    nested.requireAbsentOr("partial_rotary_factor", "1.0");
    requireAbsentOr("partial_rotary_factor", "1.0");
    String type = nested.has("rope_type") ? "rope_type" : "type";
    String scaling = nested.has(type) ? nested.text(type) : "default";
    return switch (scaling) {
      case "default" -> checked(() -> Rotary.of(theta));
      case "linear" ->
          checked(() -> new Rotary(Scaling.LINEAR, theta, nested.number("factor"), 1, 1, 1));
      case "llama3" ->
          checked(
              () ->
                  new Rotary(
                      Scaling.LLAMA3,
                      theta,
                      nested.number("factor"),
                      nested.number("low_freq_factor"),
                      nested.number("high_freq_factor"),
                      nested.integer("original_max_position_embeddings")));
      default -> throw nested.cannotBe(type, "one of default, linear, llama3");
    };
  }

  /** Writes what {@link #rotary} reads, under the keys that newer transformers read too. */
  static void describe(Rotary rotary, ObjectNode json) {
    json.put("rope_theta", rotary.theta());
    if (rotary.scaling() == Scaling.DEFAULT) {
      return;
    }
    ObjectNode scaling = json.putObject("rope_scaling");
    scaling.put("rope_type", rotary.scaling().name().toLowerCase(Locale.ROOT));
    scaling.put("factor", rotary.factor());
    if (rotary.scaling() == Scaling.LLAMA3) {
      scaling.put("low_freq_factor", rotary.lowFrequencyFactor());
      scaling.put("high_freq_factor", rotary.highFrequencyFactor());
      scaling.put("original_max_position_embeddings", rotary.originalPositions());
    }
  }

  /** The activation, by Hugging Face's name. */
  Activation activation(String key, String otherwise) {
    return switch (has(key) ? text(key) : otherwise) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default -> throw cannotBe(key, "one of silu, gelu, gelu_new, gelu_pytorch_tanh");
    };
  }

  /** Its name for {@link #activation}. */
  static String name(Activation activation) {
    return switch (activation) {
      case SILU -> "silu";
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_pytorch_tanh";
    };
  }

  /**
   * The window of each layer.
   *
   * @param sliding whether a layer has one where {@code layer_types} does not say
   */
  List<Integer> windows(int layers, int window, IntPredicate sliding) {
    List<Integer> windows = new ArrayList<>();
    JsonNode types = root.path("layer_types");
    if (has("layer_types") && (!types.isArray() || types.size() != layers)) {
      throw cannotBe("layer_types", "a list of " + layers + " types");
    }
    for (int i = 0; i < layers; i++) {
      boolean slides = sliding.test(i);
      if (types.isArray()) {
        slides =
            switch (types.get(i).asText()) {
              case "full_attention" -> false;
              case "sliding_attention" -> true;
              default -> throw cannotBe("layer_types", "full_attention or sliding_attention");
            };
      }
      windows.add(slides ? window : 0);
    }
    return windows;
  }

  /** Writes what {@link #windows} reads but for the window itself, and returns that; 0 for none. */
  static int describeWindows(List<Integer> windows, ObjectNode json) {
    ArrayNode types = json.putArray("layer_types");
    windows.forEach(window -> types.add(window == 0 ? "full_attention" : "sliding_attention"));
    return Collections.max(windows);
  }

  /** Writes what {@link #tokens} reads. */
  static void describe(ModelConfig.Tokens tokens, ObjectNode json) {
    json.put("bos_token_id", tokens.bos() == -1 ? null : Integer.valueOf(tokens.bos()));
    json.set("eos_token_id", ends(tokens.eos()));
    json.put("pad_token_id", tokens.pad());
  }

  private static JsonNode ends(List<Integer> eos) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (eos.size() > 1) {
      ArrayNode several = nodes.arrayNode();
      eos.forEach(several::add);
      return several;
    }
    return eos.isEmpty() ? nodes.nullNode() : nodes.numberNode(eos.get(0));
  }

  /** Special tokens; without a padding token, the first end token pads. */
  ModelConfig.Tokens tokens() {
    List<Integer> eos = new ArrayList<>();
    JsonNode ends = root.path("eos_token_id");
    if (ends.isArray()) {
      for (JsonNode end : ends) {
        if (!end.isInt()) {
          throw cannotBe("eos_token_id", "a list of token ids");
        }
        eos.add(end.intValue());
      }
    } else {
      token("eos_token_id").ifPresent(eos::add);
    }
    return new ModelConfig.Tokens(
        token("bos_token_id").orElse(-1),
        eos,
        token("pad_token_id").orElse(eos.isEmpty() ? 0 : eos.get(0)));
  }

  /** The first Llama's files say -1 for none. */
  private OptionalInt token(String key) {
    int id = integer(key, -1);
    return id == -1 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  IllegalArgumentException cannotBe(String key, String needed) {
    return new IllegalArgumentException(
        path + ": key '" + key + "' cannot be " + root.path(key) + "; Proxima needs " + needed);
  }

  private void require(boolean holds, String key) {
    if (!holds) {
      throw new IllegalArgumentException(path + ": key '" + key + "' is missing");
    }
  }
}

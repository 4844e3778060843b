package dev.proxima.models.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What PEFT's {@code adapter_config.json} says of an adapter beyond its tensors.
 *
 * @param rank at least 1
 * @param scale what B A is multiplied by
 */
record AdapterConfig(int rank, double scale) {

  static final String FILE = "adapter_config.json";

  private static final String BASE = "base_model_name_or_path";
  private static final String TYPE = "peft_type";
  private static final String LORA = "LORA";
  private static final String RANK = "r";
  private static final String ALPHA = "lora_alpha";
  private static final String RSLORA = "use_rslora";
  private static final String BIAS = "bias";
  private static final String NONE = "none";
  private static final String INITIAL_VALUES = "init_lora_weights";

  private static final Set<String> READ = Set.of(TYPE, RANK, ALPHA, RSLORA, BIAS, INITIAL_VALUES);

  /** Keys that change nothing about what an adapter computes, or that its tensors say too. */
  private static final Set<String> FREE =
      Set.of(
          "auto_mapping",
          BASE,
          "exclude_modules",
          "fan_in_fan_out",
          "inference_mode",
          "layers_pattern",
          "layers_to_transform",
          "lora_dropout",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision",
          "target_modules",
          "task_type");

  /** Ways to begin that leave the base model as it is. */
  private static final Set<String> BEGINNINGS =
      new TreeSet<>(Set.of("true", "false", "gaussian", "eva", "orthogonal"));

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with one line that names the file and the key that is missing,
   *     ill-typed or asks for what Proxima does not do
   */
  static AdapterConfig read(Path file) {
    ObjectNode json = JsonFile.read(file);
    Keys keys = new Keys(file, json);
    keys.require(TYPE, json.path(TYPE).asText().equals(LORA), LORA);
    keys.require(
        RANK, json.path(RANK).isInt() && json.path(RANK).intValue() >= 1, "a whole number above 0");
    keys.require(
        ALPHA,
        json.path(ALPHA).isNumber() && json.path(ALPHA).doubleValue() > 0,
        "a number above 0");
    keys.require(BIAS, json.path(BIAS).asText(NONE).equals(NONE), NONE);
    keys.require(
        INITIAL_VALUES,
        BEGINNINGS.contains(json.path(INITIAL_VALUES).asText("true")),
        "one of " + String.join(", ", BEGINNINGS) + ", which leave the base model as it is");
    keys.require(
        RSLORA, isOff(json.path(RSLORA)) || json.path(RSLORA).isBoolean(), "true or false");
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      String key = entry.getKey();
      keys.require(
          key,
          READ.contains(key) || FREE.contains(key) || isOff(entry.getValue()),
          "it off: it does plain LoRA only");
    }
    int rank = json.get(RANK).intValue();
    return new AdapterConfig(
        rank,
        LoraOptions.scale(rank, json.get(ALPHA).doubleValue(), json.path(RSLORA).asBoolean(false)));
  }

  /** Writes the file of an adapter for a model with this {@code config}. */
  static void write(Path file, ModelConfig config, LoraOptions options) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(TYPE, LORA).put("task_type", "CAUSAL_LM").putNull(BASE);
    json.put(RANK, options.rank()).put("lora_dropout", options.dropout());
    // PEFT declares a whole number, and computes with any.
    if (options.alpha() == Math.rint(options.alpha())) {
      json.put(ALPHA, (long) options.alpha());
    } else {
      json.put(ALPHA, options.alpha());
    }
    json.put(RSLORA, options.rslora());
    List<LoraModule> targeted = LoraModule.targeted(config, options);
    json.put("fan_in_fan_out", targeted.get(0).transposed());
    List<String> names =
        options.targetModules().isEmpty()
            ? targeted.stream().map(LoraModule::name).toList()
            : options.targetModules();
    names.forEach(json.putArray("target_modules")::add);
    json.put(BIAS, NONE).put(INITIAL_VALUES, true).put("inference_mode", true);
    JsonFile.write(file, json);
  }

  /** Copies a file, with another name or path of the model that the adapter is for. */
  static void copy(Path source, Path target, String base) {
    JsonFile.write(target, JsonFile.read(source).put(BASE, base));
  }

  private static boolean isOff(JsonNode value) {
    return value.isNull()
        || value.isMissingNode()
        || (value.isBoolean() && !value.booleanValue())
        || (value.isContainerNode() && value.isEmpty());
  }

  private record Keys(Path file, ObjectNode json) {

    void require(String key, boolean holds, String needed) {
      if (!holds) {
        throw new IllegalArgumentException(
            file
                + ": key '"
                + key
                + (json.has(key)
                    ? "' cannot be " + json.get(key) + "; Proxima needs " + needed
                    : "' is missing"));
      }
    }
  }
}

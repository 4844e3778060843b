package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The architectures that Proxima knows. */
public final class Architectures {

  private static final List<Architecture> ALL =
      List.of(new Llama(), new Mistral(), new Qwen2(), new Qwen3(), new Gpt2(), new Gemma2());

  private Architectures() {}

  /**
   * Reads a {@code config.json}.
   *
   * @throws IllegalArgumentException with one line that names the file and what is wrong with it
   */
  public static ModelConfig read(Path path) {
    ConfigJson json = ConfigJson.read(path);
    String type = json.text("model_type");
    return ALL.stream()
        .filter(architecture -> architecture.modelType().equals(type))
        .findFirst()
        .orElseThrow(() -> json.cannotBe("model_type", "one of " + types()))
        .read(json);
  }

  /**
   * Writes the {@code config.json} of a model that Proxima made.
   *
   * @throws IllegalArgumentException where no model of its family has that shape
   */
  public static void write(ModelConfig config, Path path) {
    Architecture architecture = of(config);
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putArray("architectures").add(architecture.languageModel());
    root.put("model_type", architecture.modelType());
    root.put("vocab_size", config.vocabSize());
    architecture.describe(config, root);
    ConfigJson.describe(config.tokens(), root);
    root.put("tie_word_embeddings", config.embedding().tied());
    // The newer and the older name of the same key.
    root.put("dtype", "float32").put("torch_dtype", "float32");
    root.put("initializer_range", 0.02).put("use_cache", true);
    ModelConfig described = architecture.read(ConfigJson.of(path, root));
    if (!described.equals(config)) {
      throw new IllegalArgumentException(
          "no "
              + architecture.modelType()
              + " is shaped as "
              + config
              + "; its config.json could only say "
              + described);
    }
    JsonFile.write(path, root);
  }

  /** The architecture of a model. */
  public static Architecture of(ModelConfig config) {
    return ALL.stream()
        .filter(architecture -> architecture.modelType().equals(config.modelType()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no architecture '" + config.modelType() + "'; there are " + types()));
  }

  private static String types() {
    return ALL.stream().map(Architecture::modelType).collect(Collectors.joining(", "));
  }
}

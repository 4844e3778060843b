package dev.proxima.models;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.tokenizer.ChatFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model in the layout of Hugging Face: {@code config.json}, {@code generation_config.json},
 * {@code model.safetensors}, {@code tokenizer.json} and {@code tokenizer_config.json}.
 *
 * @param path the folder
 * @param config the model's shape
 */
public record ModelFolder(Path path, ModelConfig config) {

  private static final String CONFIG = "config.json";
  private static final String GENERATION_CONFIG = "generation_config.json";
  private static final String PARAMETERS = "model.safetensors";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /**
   * Opens a folder; the parameters and the tokenizer are only looked for.
   *
   * @throws IllegalArgumentException with one line that names the file, and the key where it is one
   */
  public static ModelFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(path + ": no such model folder");
    }
    ModelFolder folder = new ModelFolder(path, LlamaConfigFile.read(path.resolve(CONFIG)));
    for (Path file : List.of(folder.parameters(), folder.tokenizer())) {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + ": no such file");
      }
    }
    return folder;
  }

  /**
   * Writes a folder beside and renames it, so that it appears complete or not at all; it replaces
   * an earlier model folder there.
   *
   * @param parameters a safetensors file, linked where the file system can and copied where not
   * @param tokenizer a {@code tokenizer.json} with the special tokens of {@link ChatFormat}
   * @throws IllegalArgumentException where {@code path} holds something else than a model
   * @throws UncheckedIOException when the folder cannot be written
   */
  public static ModelFolder save(Path path, ModelConfig config, Path parameters, Path tokenizer) {
    Path partial = path.resolveSibling(path.getFileName() + ".partial");
    try {
      requireReplaceable(path);
      delete(partial);
      try {
        Files.createDirectories(partial);
        linkOrCopy(parameters, partial.resolve(PARAMETERS));
        Files.copy(tokenizer, partial.resolve(TOKENIZER));
        JsonFile.write(partial.resolve(TOKENIZER_CONFIG), tokenizerConfig(config));
        JsonFile.write(partial.resolve(GENERATION_CONFIG), generationConfig(config));
        LlamaConfigFile.write(config, partial.resolve(CONFIG));
        replace(path, partial);
      } finally {
        delete(partial);
      }
      return new ModelFolder(path, config);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be written: " + e, e);
    }
  }

  /** The parameters, {@code model.safetensors}. */
  public Path parameters() {
    return path.resolve(PARAMETERS);
  }

  /** The {@code tokenizer.json}. */
  public Path tokenizer() {
    return path.resolve(TOKENIZER);
  }

  private static ObjectNode tokenizerConfig(ModelConfig config) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("tokenizer_class", "PreTrainedTokenizerFast");
    root.put("bos_token", ChatFormat.END_OF_TEXT);
    root.put("eos_token", ChatFormat.END_OF_TEXT);
    root.put("pad_token", ChatFormat.PAD);
    root.put("model_max_length", config.maxPositionEmbeddings());
    root.put("clean_up_tokenization_spaces", false);
    return root.put("chat_template", ChatFormat.TEMPLATE);
  }

  private static ObjectNode generationConfig(ModelConfig config) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("do_sample", true)
        .put("bos_token_id", config.bosTokenId())
        .put("eos_token_id", config.eosTokenId())
        .put("pad_token_id", config.padTokenId());
  }

  private static void requireReplaceable(Path path) throws IOException {
    if (Files.notExists(path) || Files.isRegularFile(path.resolve(CONFIG))) {
      return;
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> entries = Files.list(path)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw new IllegalArgumentException(
        path + ": is not a model folder, so it is not replaced; remove it or choose another");
  }

  /** Parameter files are never changed in place, so two names may share one. */
  private static void linkOrCopy(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source.toRealPath());
    } catch (UnsupportedOperationException | IOException e) {
      Files.copy(source, target);
    }
  }

  private static void replace(Path path, Path fresh) throws IOException {
    Path old = path.resolveSibling(path.getFileName() + ".old");
    delete(old);
    if (Files.exists(path)) {
      Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> entries = Files.walk(tree)) {
        for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(entry);
        }
      }
    }
  }
}

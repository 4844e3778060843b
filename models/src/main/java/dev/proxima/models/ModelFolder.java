package dev.proxima.models;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.io.Checksums;
import dev.proxima.models.io.FileTrees;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.template.ChatTemplate;
import dev.proxima.models.template.TemplateChatEncoder;
import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A model in the layout of Hugging Face: {@code config.json}, {@code generation_config.json},
 * {@code model.safetensors} or its shards with their index, {@code tokenizer.json}, {@code
 * tokenizer_config.json} and {@code chat_template.jinja}. Folders that Proxima saves also hold
 * {@code SHA256SUMS}, which {@code sha256sum -c} reads.
 *
 * @param path the folder
 * @param config the model's shape; its end tokens are those of {@link GenerationConfig}
 */
public record ModelFolder(Path path, ModelConfig config) {

  /** A file of parameters that is larger than this many bytes is saved in shards. */
  public static final long SHARD_BYTES = 5_000_000_000L;

  static final String CONFIG = "config.json";

  private static final String MODEL = "model";
  private static final String PARAMETERS = MODEL + ".safetensors";
  private static final String INDEX = PARAMETERS + ".index.json";
  static final String TOKENIZER = "tokenizer.json";
  private static final String CHECKSUMS = "SHA256SUMS";

  /** What describes a model beside {@code config.json} and its parameters. */
  private static final List<String> COPIED =
      List.of(
          GenerationConfig.FILE,
          TOKENIZER,
          TokenizerConfig.FILE,
          TokenizerConfig.TEMPLATE_FILE,
          "special_tokens_map.json",
          "added_tokens.json");

  /**
   * Opens a folder; the parameters and the tokenizer are only looked for.
   *
   * @throws IllegalArgumentException with one line that names the file, and the key where it is one
   */
  public static ModelFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(path + ": no such model folder");
    }
    ModelFolder folder =
        new ModelFolder(
            path, GenerationConfig.endTokens(path, Architectures.read(path.resolve(CONFIG))));
    for (Path file : List.of(folder.parameters(), folder.tokenizer())) {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + ": no such file");
      }
    }
    return folder;
  }

  /**
   * Writes a folder of a model that Proxima made beside and renames it, so that it appears complete
   * or not at all; it replaces an earlier model folder there.
   *
   * @param parameters a safetensors file, linked where the file system can and copied where not, or
   *     an index of shards
   * @param tokenizer a {@code tokenizer.json} with the special tokens of {@link ChatFormat}
   * @throws IllegalArgumentException where {@code path} holds something else than a model
   * @throws UncheckedIOException when the folder cannot be written
   */
  public static ModelFolder save(Path path, ModelConfig config, Path parameters, Path tokenizer) {
    return save(path, config, parameters, tokenizer, SHARD_BYTES);
  }

  /** As the other {@code save}, with another size of shards in bytes. */
  public static ModelFolder save(
      Path path, ModelConfig config, Path parameters, Path tokenizer, long shardBytes) {
    write(
        path,
        parameters,
        shardBytes,
        folder -> {
          AtomicFiles.write(folder.resolve(TOKENIZER), file -> Files.copy(tokenizer, file));
          JsonFile.write(folder.resolve(TokenizerConfig.FILE), tokenizerConfig(config));
          Architectures.write(config, folder.resolve(CONFIG));
          JsonFile.write(
              folder.resolve(GenerationConfig.FILE),
              generationConfig(JsonFile.read(folder.resolve(CONFIG))));
        });
    return new ModelFolder(path, config);
  }

  /**
   * Writes this model with other parameters, as {@link #save} does: the files of its configuration
   * and tokenizer are copied, {@code config.json} says float32.
   *
   * @param parameters a float32 safetensors file or an index of shards
   * @throws IllegalArgumentException where {@code target} holds something else than a model
   * @throws UncheckedIOException when the folder cannot be written
   */
  public ModelFolder saveWith(Path target, Path parameters) {
    return saveWith(target, parameters, json -> {});
  }

  /** Likewise, with a {@code config.json} that {@code change} has gone over. */
  ModelFolder saveWith(Path target, Path parameters, Consumer<ObjectNode> change) {
    write(
        target,
        parameters,
        SHARD_BYTES,
        folder -> {
          for (String name : COPIED) {
            Path source = path.resolve(name);
            if (Files.exists(source)) {
              AtomicFiles.write(folder.resolve(name), file -> Files.copy(source, file));
            }
          }
          copyTemplates(folder.resolve(TokenizerConfig.TEMPLATE_FOLDER));
          ObjectNode root = JsonFile.read(path.resolve(CONFIG));
          // The newer and the older name of the same key.
          root.put("dtype", "float32").put("torch_dtype", "float32");
          change.accept(root);
          JsonFile.write(folder.resolve(CONFIG), root);
        });
    return new ModelFolder(target, config);
  }

  /**
   * Reads every file and compares it with {@code SHA256SUMS}.
   *
   * @throws IllegalArgumentException with one line that names the first file that is missing or has
   *     changed, or the list where it is missing or malformed
   */
  public void verify() {
    Checksums.verify(path.resolve(CHECKSUMS));
  }

  /** The parameters: {@code model.safetensors} or the index of its shards. */
  public Path parameters() {
    Path index = path.resolve(INDEX);
    Path whole = path.resolve(PARAMETERS);
    return Files.exists(index) && Files.notExists(whole) ? index : whole;
  }

  /**
   * What is known of the tokenizer beside its own file.
   *
   * @throws IllegalArgumentException with one line that names the file and the key
   */
  public TokenizerConfig tokenizerConfig() {
    return TokenizerConfig.read(path);
  }

  /**
   * How the model's makers generate with it.
   *
   * @throws IllegalArgumentException with one line that names the file and the key
   */
  public GenerationConfig generationConfig() {
    return GenerationConfig.read(path);
  }

  /**
   * Conversations in the model's own format: its chat template's or, for a model that Proxima made,
   * {@link ChatFormat}, which no message can forge.
   *
   * @param tokenizer the folder's
   * @throws IllegalArgumentException where the folder has no chat template
   */
  public ChatEncoder chatEncoder(Tokenizer tokenizer) {
    TokenizerConfig known = tokenizerConfig();
    String template = known.chatTemplates().get(TokenizerConfig.DEFAULT_TEMPLATE);
    if (template == null) {
      throw new IllegalArgumentException(
          path
              + ": has no chat template; add one as "
              + TokenizerConfig.TEMPLATE_FILE
              + (known.chatTemplates().isEmpty()
                  ? ""
                  : ", for example one of " + new TreeSet<>(known.chatTemplates().keySet())));
    }
    return template.equals(ChatFormat.TEMPLATE)
        ? new ChatFormat(tokenizer)
        : new TemplateChatEncoder(new ChatTemplate(template, known.specialTokens()), tokenizer);
  }

  /**
   * The token that ends a text.
   *
   * @throws IllegalArgumentException where the folder names none
   */
  String endOfSequence() {
    return tokenizerConfig()
        .eosToken()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    path.resolve(TokenizerConfig.FILE)
                        + ": names no eos_token to end responses with; add one, or let them end"
                        + " without"));
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

  private static ObjectNode generationConfig(ObjectNode config) {
    ObjectNode tokens = config.retain("bos_token_id", "eos_token_id", "pad_token_id");
    return JsonNodeFactory.instance.objectNode().put("do_sample", true).setAll(tokens);
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

  private static void write(
      Path path, Path parameters, long shardBytes, AtomicFiles.Content description) {
    try {
      requireReplaceable(path);
      Path partial = AtomicFiles.beside(path);
      FileTrees.delete(partial);
      try {
        Files.createDirectories(partial);
        saveParameters(parameters, partial, shardBytes);
        description.writeTo(partial);
        Checksums.write(partial, partial.resolve(CHECKSUMS));
        replace(path, partial);
      } finally {
        FileTrees.delete(partial);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be written: " + e, e);
    }
  }

  private void copyTemplates(Path target) throws IOException {
    Path source = path.resolve(TokenizerConfig.TEMPLATE_FOLDER);
    if (Files.isDirectory(source)) {
      Files.createDirectory(target);
      try (Stream<Path> templates = Files.list(source)) {
        for (Path template : templates.toList()) {
          AtomicFiles.write(
              target.resolve(template.getFileName()), file -> Files.copy(template, file));
        }
      }
    }
  }

  private static void saveParameters(Path source, Path folder, long shardBytes) throws IOException {
    if (Files.size(source) <= shardBytes && !source.toString().endsWith(INDEX)) {
      linkOrCopy(source, folder.resolve(PARAMETERS));
      return;
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      SortedMap<String, long[]> shapes = new TreeMap<>();
      checkpoint.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      SafetensorsWriter.writeShards(
          folder, MODEL, shapes, checkpoint::supply, checkpoint.metadata(), shardBytes);
    }
  }

  /** Parameter files are never changed in place, so two names may share one. */
  private static void linkOrCopy(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source.toRealPath());
    } catch (UnsupportedOperationException | IOException e) {
      AtomicFiles.write(target, file -> Files.copy(source, file));
    }
  }

  private static void replace(Path path, Path fresh) throws IOException {
    Path old = path.resolveSibling(path.getFileName() + ".old");
    FileTrees.delete(old);
    if (Files.exists(path)) {
      Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFiles.forceDirectory(fresh);
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.forceDirectory(path.toAbsolutePath().getParent());
    FileTrees.delete(old);
  }
}

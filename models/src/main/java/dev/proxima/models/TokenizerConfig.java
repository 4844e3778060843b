package dev.proxima.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model folder says of its tokenizer beside {@code tokenizer.json}.
 *
 * @param addBosToken what old tokenizers went by; where there is a {@code tokenizer.json}, its post
 *     processor decides, in transformers 5 and here
 * @param chatTemplates in Jinja, by name; a single one is called {@code default}
 */
public record TokenizerConfig(
    Optional<String> bosToken,
    Optional<String> eosToken,
    Optional<String> padToken,
    Optional<String> unkToken,
    Optional<Boolean> addBosToken,
    Map<String, String> chatTemplates) {

  /** The name of the template that is used unless another is asked for. */
  public static final String DEFAULT_TEMPLATE = "default";

  static final String FILE = "tokenizer_config.json";
  static final String TEMPLATE_FILE = "chat_template.jinja";
  static final String TEMPLATE_FOLDER = "additional_chat_templates";

  private static final String TEMPLATE_SUFFIX = ".jinja";
  private static final String TEMPLATE_KEY = "chat_template";

  public TokenizerConfig {
    chatTemplates = Map.copyOf(chatTemplates);
  }

  /**
   * Reads {@code tokenizer_config.json}, which may be missing, and the templates: those in {@code
   * chat_template.jinja} and {@code additional_chat_templates/*.jinja} stand in place of the
   * configuration's.
   *
   * @throws IllegalArgumentException with one line that names the file and the key
   */
  public static TokenizerConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    ObjectNode root =
        Files.exists(file) ? JsonFile.read(file) : JsonNodeFactory.instance.objectNode();
    SortedMap<String, String> templates = templateFiles(folder);
    return new TokenizerConfig(
        token(file, root, "bos_token"),
        token(file, root, "eos_token"),
        token(file, root, "pad_token"),
        token(file, root, "unk_token"),
        flag(file, root, "add_bos_token"),
        templates.isEmpty() ? templates(file, root.path(TEMPLATE_KEY)) : templates);
  }

  /** The special tokens under the names by which chat templates know them. */
  public Map<String, String> specialTokens() {
    SortedMap<String, String> tokens = new TreeMap<>();
    bosToken.ifPresent(token -> tokens.put("bos_token", token));
    eosToken.ifPresent(token -> tokens.put("eos_token", token));
    padToken.ifPresent(token -> tokens.put("pad_token", token));
    unkToken.ifPresent(token -> tokens.put("unk_token", token));
    return tokens;
  }

  private static Optional<String> token(Path file, ObjectNode root, String key) {
    JsonNode value = root.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    JsonNode text = value.isObject() ? value.path("content") : value;
    require(text.isTextual(), file, key, value);
    return Optional.of(text.textValue());
  }

  private static Optional<Boolean> flag(Path file, ObjectNode root, String key) {
    if (!root.hasNonNull(key)) {
      return Optional.empty();
    }
    require(root.path(key).isBoolean(), file, key, root.path(key));
    return Optional.of(root.path(key).booleanValue());
  }

  private static SortedMap<String, String> templates(Path file, JsonNode value) {
    SortedMap<String, String> templates = new TreeMap<>();
    if (value.isTextual()) {
      templates.put(DEFAULT_TEMPLATE, value.textValue());
    } else if (value.isArray()) {
      for (JsonNode entry : value) {
        JsonNode name = entry.path("name");
        JsonNode template = entry.path("template");
        require(name.isTextual() && template.isTextual(), file, TEMPLATE_KEY, entry);
        templates.put(name.textValue(), template.textValue());
      }
    } else {
      require(value.isMissingNode() || value.isNull(), file, TEMPLATE_KEY, value);
    }
    return templates;
  }

  private static SortedMap<String, String> templateFiles(Path folder) {
    SortedMap<String, String> templates = new TreeMap<>();
    Path single = folder.resolve(TEMPLATE_FILE);
    if (Files.exists(single)) {
      templates.put(DEFAULT_TEMPLATE, text(single));
    }
    Path several = folder.resolve(TEMPLATE_FOLDER);
    if (Files.isDirectory(several)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(several, "*" + TEMPLATE_SUFFIX)) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          templates.put(name.substring(0, name.length() - TEMPLATE_SUFFIX.length()), text(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(several + ": cannot be read: " + e, e);
      }
    }
    return templates;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e, e);
    }
  }

  private static void require(boolean holds, Path file, String key, JsonNode value) {
    if (!holds) {
      throw new IllegalArgumentException(file + ": key '" + key + "' cannot be " + value);
    }
  }
}

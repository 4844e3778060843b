package dev.proxima.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model folder as that of a reward model: what transformers calls {@code
 * LlamaForSequenceClassification} with one label, and so for each architecture.
 *
 * @param folder of a reward model, or of a language model that one is to begin from
 */
public record RewardFolder(ModelFolder folder) {

  private static final String ARCHITECTURES = "architectures";
  private static final String CLASSIFIER = "ForSequenceClassification";
  private static final String LABELS = "id2label";
  private static final String LABEL_IDS = "label2id";
  private static final String PADDING = "pad_token_id";
  private static final String LABEL = "LABEL_0";

  /** Beside the parameters, all that rewards depend on. */
  private static final Set<String> NAMES =
      Set.of(
          ModelFolder.CONFIG,
          ModelFolder.TOKENIZER,
          TokenizerConfig.FILE,
          TokenizerConfig.TEMPLATE_FILE);

  /** How many labels a classifier has whose configuration does not say. */
  private static final int DEFAULT_LABELS = 2;

  private static final double DEFAULT_DEVIATION = 0.02;

  /**
   * Opens the folder of a reward model.
   *
   * @throws IllegalArgumentException with one line that names the file, where it is not one or has
   *     several labels
   */
  public static RewardFolder open(Path path) {
    RewardFolder opened = new RewardFolder(ModelFolder.open(path));
    if (!opened.isTrained()) {
      throw new IllegalArgumentException(
          opened.configFile()
              + ": is not a reward model's: its key '"
              + ARCHITECTURES
              + "' names no "
              + opened.className()
              + "; task = reward-model trains one from it");
    }
    return opened;
  }

  /**
   * Whether it holds a reward model, and not a language model.
   *
   * @throws IllegalArgumentException with one line that names the file, where it holds a classifier
   *     with several labels
   */
  public boolean isTrained() {
    ObjectNode json = json();
    if (!json.path(ARCHITECTURES).path(0).asText().endsWith(CLASSIFIER)) {
      return false;
    }
    int labels =
        json.hasNonNull(LABELS)
            ? json.get(LABELS).size()
            : json.path("num_labels").asInt(DEFAULT_LABELS);
    if (labels != 1) {
      throw new IllegalArgumentException(
          configFile()
              + ": is of a classifier with "
              + labels
              + " labels (key 'id2label'); a reward model has 1");
    }
    return true;
  }

  /** The head that a reward model begins with here, where there is none yet. */
  public RewardHead head(long seed) {
    double deviation = json().path("initializer_range").asDouble(DEFAULT_DEVIATION);
    return new RewardHead(seed, deviation == 0 ? DEFAULT_DEVIATION : deviation);
  }

  /**
   * The token that transformers takes for padding when it looks for the last one; none by default.
   */
  public OptionalInt padding() {
    JsonNode id = json().path(PADDING);
    return id.isIntegralNumber() ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
  }

  /**
   * The padding token of a reward model that TRL trains from here: the tokenizer's or, without one,
   * its end-of-sequence token; the configuration's where it names neither.
   *
   * @param tokenizer the folder's
   */
  public OptionalInt trainingPadding(Tokenizer tokenizer) {
    TokenizerConfig known = folder.tokenizerConfig();
    Optional<String> token = known.padToken().or(known::eosToken);
    return token.isPresent() ? OptionalInt.of(tokenizer.tokenId(token.get())) : padding();
  }

  /**
   * Writes a reward model that was trained from this one, as {@link ModelFolder#saveWith} does; its
   * {@code config.json} says so to transformers.
   *
   * @param parameters a float32 safetensors file with a reward model's head
   * @param padding what transformers is to take for padding
   */
  public RewardFolder saveWith(Path target, Path parameters, OptionalInt padding) {
    return new RewardFolder(
        folder.saveWith(
            target,
            parameters,
            json -> {
              json.putArray(ARCHITECTURES).add(className());
              json.putObject(LABELS).put("0", LABEL);
              json.putObject(LABEL_IDS).put(LABEL, 0);
              padding.ifPresent(id -> json.put(PADDING, id));
            }));
  }

  /**
   * All files that rewards depend on: parameters, tokenizer, chat template and configuration; by
   * name.
   *
   * @throws UncheckedIOException when the folder cannot be read
   */
  public List<Path> files() {
    try (Stream<Path> entries = Files.list(folder.path())) {
      return entries.filter(file -> isPart(file.getFileName().toString())).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder.path() + ": cannot be read: " + e, e);
    }
  }

  private static boolean isPart(String name) {
    return NAMES.contains(name)
        || name.endsWith(".safetensors")
        || name.endsWith(".safetensors.index.json");
  }

  private String className() {
    return Architectures.of(folder.config()).className() + CLASSIFIER;
  }

  private Path configFile() {
    return folder.path().resolve(ModelFolder.CONFIG);
  }

  private ObjectNode json() {
    return JsonFile.read(configFile());
  }
}

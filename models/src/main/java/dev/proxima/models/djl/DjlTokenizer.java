package dev.proxima.models.djl;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A {@code tokenizer.json} in Hugging Face's native library. That library always recognises special
 * tokens in text, so it is given the file without them, and they are kept here.
 */
public final class DjlTokenizer implements Tokenizer {

  static {
    // Where DJL sees a GPU it would download a build for it; tokenizing needs none.
    System.getProperties().putIfAbsent("RUST_FLAVOR", "cpu");
  }

  /** DJL truncates to 512 tokens unless told otherwise. */
  private static final Map<String, String> WHOLE_TEXTS =
      Map.of("truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer literal;
  private final Path source;
  private final Map<String, Integer> specialIds;
  private final Set<Integer> special;
  private final int vocabSize;

  private DjlTokenizer(
      HuggingFaceTokenizer literal, Path source, Map<String, Integer> specialIds, int vocabSize) {
    this.literal = literal;
    this.source = source;
    this.specialIds = specialIds;
    this.special = new HashSet<>(specialIds.values());
    this.vocabSize = vocabSize;
  }

  /**
   * Opens a {@code tokenizer.json}. Truncation and padding that it may ask for are not done.
   *
   * @throws IllegalArgumentException with one line that names the file, where it is missing or is
   *     not a tokenizer
   */
  public static DjlTokenizer open(Path tokenizerJson) {
    ObjectNode root = JsonFile.read(tokenizerJson);
    int vocabSize = vocabSize(root);
    Map<String, Integer> specialIds = takeSpecialTokens(root);
    keepIdsOfAddedTokens(root);
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    try {
      HuggingFaceTokenizer literal =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), WHOLE_TEXTS);
      return new DjlTokenizer(literal, tokenizerJson, specialIds, vocabSize);
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(tokenizerJson + ": is not a tokenizer: " + reason, e);
    }
  }

  @Override
  public int[] encode(String text) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return Arrays.stream(literal.encode(wellFormed, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  @Override
  public String decode(int[] tokens) {
    long[] text =
        Arrays.stream(tokens).filter(token -> !special.contains(token)).asLongStream().toArray();
    return literal.decode(text, false);
  }

  @Override
  public int tokenId(String specialToken) {
    Integer id = specialIds.get(specialToken);
    if (id == null) {
      throw new IllegalArgumentException(
          source + ": has no special token '" + specialToken + "'; it has " + specialIds.keySet());
    }
    return id;
  }

  @Override
  public int vocabSize() {
    return vocabSize;
  }

  @Override
  public void close() {
    literal.close();
  }

  private static int vocabSize(ObjectNode root) {
    int size = root.path("model").path("vocab").size();
    for (JsonNode token : root.path("added_tokens")) {
      size = Math.max(size, token.path("id").asInt() + 1);
    }
    return size;
  }

  private static Map<String, Integer> takeSpecialTokens(ObjectNode root) {
    Map<String, Integer> ids = new TreeMap<>();
    Iterator<JsonNode> tokens = root.path("added_tokens").iterator();
    while (tokens.hasNext()) {
      JsonNode token = tokens.next();
      if (token.path("special").asBoolean()) {
        ids.put(token.path("content").asText(), token.path("id").asInt());
        tokens.remove();
      }
    }
    return ids;
  }

  /**
   * The library renumbers added tokens that the model's own vocabulary lacks, which would now close
   * the gaps left by the special ones; in the vocabulary they keep their ids.
   */
  private static void keepIdsOfAddedTokens(ObjectNode root) {
    if (root.path("model").path("vocab") instanceof ObjectNode vocab) {
      for (JsonNode token : root.path("added_tokens")) {
        vocab.set(token.path("content").asText(), token.path("id"));
      }
    }
  }
}

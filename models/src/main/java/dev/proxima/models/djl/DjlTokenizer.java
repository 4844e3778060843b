package dev.proxima.models.djl;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.algorithms.text.FirstLine;
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
 * tokens in text, so for literal text it is given the file without them, and they are kept here;
 * for markup, when there is some, it is given the file as it is.
 */
public final class DjlTokenizer implements Tokenizer {

  static {
    // Where DJL sees a GPU it would download a build for it; tokenizing needs none.
    System.getProperties().putIfAbsent("RUST_FLAVOR", "cpu");
  }

  /** DJL truncates to 512 tokens unless told otherwise. */
  private static final Map<String, String> WHOLE_TEXTS =
      Map.of("truncation", "false", "padding", "false");

  /** Before a special token in the model's vocabulary; no text has it, a noncharacter. */
  private static final String UNREACHABLE = "\uFDD0";

  private final HuggingFaceTokenizer literal;
  private final Path source;
  private final byte[] file;
  private final Map<String, Integer> specialIds;
  private final Set<Integer> special;
  private final int vocabSize;
  private HuggingFaceTokenizer markup;

  private DjlTokenizer(
      HuggingFaceTokenizer literal,
      Path source,
      byte[] file,
      Map<String, Integer> specialIds,
      int vocabSize) {
    this.literal = literal;
    this.source = source;
    this.file = file;
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
    byte[] file = bytes(root);
    Map<String, Integer> specialIds = takeSpecialTokens(root);
    hideFromText(root.path("model"), specialIds.keySet());
    keepIdsOfAddedTokens(root);
    return new DjlTokenizer(
        open(tokenizerJson, bytes(root)), tokenizerJson, file, specialIds, vocabSize);
  }

  private static HuggingFaceTokenizer open(Path source, byte[] tokenizerJson) {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(tokenizerJson), WHOLE_TEXTS);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(source + ": is not a tokenizer: " + FirstLine.of(e), e);
    }
  }

  private static byte[] bytes(ObjectNode root) {
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int[] encode(String text) {
    return encode(literal, text, false);
  }

  @Override
  public int[] encodeMarkup(String text, boolean addSpecialTokens) {
    return encode(markup(), text, addSpecialTokens);
  }

  private static int[] encode(
      HuggingFaceTokenizer tokenizer, String text, boolean addSpecialTokens) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return Arrays.stream(tokenizer.encode(wellFormed, addSpecialTokens, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** Large vocabularies take memory and time, and many a tokenizer never sees markup. */
  private synchronized HuggingFaceTokenizer markup() {
    if (markup == null) {
      markup = open(source, file);
    }
    return markup;
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
  public synchronized void close() {
    literal.close();
    if (markup != null) {
      markup.close();
    }
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
   * Renames special tokens in the model's own vocabulary, where some kinds of model would find them
   * in text. The token for what is unknown stays: the model asks for it by name.
   */
  private static void hideFromText(JsonNode model, Set<String> specialTokens) {
    if (model.path("vocab") instanceof ObjectNode vocab) {
      for (String token : specialTokens) {
        if (vocab.has(token) && !model.path("unk_token").asText().equals(token)) {
          vocab.set(UNREACHABLE + token, vocab.remove(token));
        }
      }
    } else {
      for (JsonNode entry : model.path("vocab")) {
        if (entry instanceof ArrayNode piece && specialTokens.contains(piece.path(0).asText())) {
          piece.set(0, UNREACHABLE + piece.path(0).asText());
        }
      }
    }
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

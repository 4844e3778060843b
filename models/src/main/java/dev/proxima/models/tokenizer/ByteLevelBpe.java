package dev.proxima.models.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * A byte-level byte-pair encoding as GPT-2's: every text has tokens, since all 256 bytes do.
 * Special tokens have the first ids, then come the bytes, then the merged tokens in the order in
 * which they were learnt.
 *
 * @param specialTokens tokens that no text produces
 * @param vocabulary all tokens, special ones first; a token's id is its index
 * @param merges in order of priority
 */
public record ByteLevelBpe(
    List<String> specialTokens, List<String> vocabulary, List<Merge> merges) {

  /** Two neighbouring tokens that become one. */
  public record Merge(String left, String right) {}

  public ByteLevelBpe {
    specialTokens = List.copyOf(specialTokens);
    vocabulary = List.copyOf(vocabulary);
    merges = List.copyOf(merges);
  }

  /**
   * Learns an encoding. The same corpus gives the same encoding, whatever the order of its texts.
   *
   * @param vocabSize tokens wanted, special ones included; a corpus without enough repetition gives
   *     fewer (see {@link #vocabSize()})
   * @throws IllegalArgumentException where {@code vocabSize} leaves no room for special tokens and
   *     bytes, or a special token is shorter than two characters or given twice
   */
  public static ByteLevelBpe train(
      Iterable<String> corpus, int vocabSize, List<String> specialTokens) {
    int least = specialTokens.size() + ByteAlphabet.SIZE;
    if (vocabSize < least) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary with "
              + specialTokens.size()
              + " special tokens needs a size of at least "
              + least
              + ", not "
              + vocabSize);
    }
    if (new HashSet<>(specialTokens).size() < specialTokens.size()) {
      throw new IllegalArgumentException("a special token is given twice: " + specialTokens);
    }
    for (String token : specialTokens) {
      if (token.length() < 2) {
        throw new IllegalArgumentException(
            "the special token '" + token + "' needs at least two characters");
      }
    }
    BpeTrainer trainer = new BpeTrainer(specialTokens);
    trainer.learn(corpus, vocabSize);
    return new ByteLevelBpe(specialTokens, trainer.vocabulary(), trainer.merges());
  }

  /** The number of tokens there are, special ones included. */
  public int vocabSize() {
    return vocabulary.size();
  }

  /** Writes Hugging Face's {@code tokenizer.json}, beside and renamed. */
  public void write(Path tokenizerJson) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < specialTokens.size(); id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", specialTokens.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    root.putNull("normalizer");
    root.set("pre_tokenizer", byteLevel());
    root.set("post_processor", byteLevel());
    root.set("decoder", byteLevel());
    root.set("model", model());
    JsonFile.write(tokenizerJson, root);
  }

  private static ObjectNode byteLevel() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private ObjectNode model() {
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      vocab.put(vocabulary.get(id), id);
    }
    // The older of the two spellings of a merge, which every version of the library reads.
    ArrayNode lines = model.putArray("merges");
    merges.forEach(merge -> lines.add(merge.left() + " " + merge.right()));
    return model;
  }
}

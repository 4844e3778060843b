package dev.proxima.experiments.config;

import dev.proxima.models.ModelConfig;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Tokenizer;

/** The shape of the model but for what its tokenizer decides; see {@link ModelConfig}. */
public record ModelShape(
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int maxPositionEmbeddings,
    double rmsNormEps,
    double ropeTheta,
    boolean tieWordEmbeddings) {

  static ModelShape read(Section model) {
    ModelShape shape =
        new ModelShape(
            model.count("hidden-size", 2),
            model.count("intermediate-size", 1),
            model.count("layers", 1),
            model.count("heads", 1),
            model.count("kv-heads", 1),
            model.count("max-position-embeddings", 2),
            model.number("rms-norm-eps", Accepted.POSITIVE),
            model.number("rope-theta", Accepted.POSITIVE),
            model.flag("tie-word-embeddings"));
    model.check(
        "hidden-size",
        shape.hiddenSize % (2 * shape.heads) == 0,
        shape.hiddenSize,
        "an even multiple of model.heads = " + shape.heads);
    model.check(
        "kv-heads",
        shape.heads % shape.kvHeads == 0,
        shape.kvHeads,
        "a divisor of model.heads = " + shape.heads);
    return shape;
  }

  /** The whole shape, with the vocabulary of a tokenizer that has {@link ChatFormat}'s tokens. */
  public ModelConfig with(Tokenizer tokenizer) {
    return withVocabulary(
        tokenizer.vocabSize(),
        tokenizer.tokenId(ChatFormat.END_OF_TEXT),
        tokenizer.tokenId(ChatFormat.PAD));
  }

  /**
   * The whole shape.
   *
   * @param vocabularySize the tokenizer's actual vocabulary size, special tokens included
   * @param endOfText id of the token that begins and ends a text
   * @param pad id of the padding
   */
  ModelConfig withVocabulary(int vocabularySize, int endOfText, int pad) {
    return ModelConfig.llama(
        vocabularySize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        maxPositionEmbeddings,
        rmsNormEps,
        ropeTheta,
        tieWordEmbeddings,
        endOfText,
        endOfText,
        pad);
  }
}

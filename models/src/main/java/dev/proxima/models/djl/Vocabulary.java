package dev.proxima.models.djl;

import dev.proxima.models.ModelConfig;

/** The token ids that a model knows. */
final class Vocabulary {

  private Vocabulary() {}

  /** Refuses a token that has no row in the embedding. */
  static void check(int[] tokens, ModelConfig config) {
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "token "
                + token
                + " is outside the model's vocabulary of "
                + config.vocabSize()
                + "; does the tokenizer belong to the model?");
      }
    }
  }
}

package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.proxima.models.ModelConfig;

/** log pi of response tokens; the vocabulary is projected only where one is predicted. */
final class ResponseScorer {

  private final LlamaDecoder decoder;
  private final ModelConfig config;

  ResponseScorer(LlamaDecoder decoder, ModelConfig config) {
    this.decoder = decoder;
    this.config = config;
  }

  /** log pi(token | before) of each response token of a batch, [n], living in {@code scope}. */
  NDArray tokenLogps(TokenBatch batch, NDManager scope) {
    int n = batch.responses().length;
    NDArray responses = scope.create(batch.responses(), new Shape(n, 1));
    return predictions(batch, scope).gather(responses, 1).reshape(n);
  }

  /** log sum_v pi(v | before)^2 at each response token of a batch, [n], likewise. */
  NDArray collisions(TokenBatch batch, NDManager scope) {
    return predictions(batch, scope).mul(2).exp().sum(new int[] {-1}).log();
  }

  /** log pi(v | before) of the whole vocabulary at each response token, [n, vocabulary]. */
  private NDArray predictions(TokenBatch batch, NDManager scope) {
    NDArray causal =
        AttentionMasks.causal(scope, batch.columns(), config.heads() / config.kvHeads());
    NDArray hidden = decoder.hidden(batch.tokens(scope), new NDList(causal), KeyValues.NONE);
    NDArray predicting =
        Ops.rows(scope.create(batch.predicting()), hidden.reshape(-1, config.hiddenSize()));
    return decoder.logits(predicting).logSoftmax(-1);
  }
}

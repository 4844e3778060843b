package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** log pi of response tokens; the vocabulary is projected only where one is predicted. */
final class ResponseScorer {

  private final Decoder decoder;

  ResponseScorer(Decoder decoder) {
    this.decoder = decoder;
  }

  /** log pi(token | before) of each response token of a batch, [m], living in {@code scope}. */
  NDArray tokenLogps(PackedBatch batch, NDManager scope) {
    return decoder.logps(predicting(batch, scope), batch.responses(), scope);
  }

  /** log sum_v pi(v | before)^2 at each response token of a batch, [m], likewise. */
  NDArray collisions(PackedBatch batch, NDManager scope) {
    NDArray logits = decoder.logits(predicting(batch, scope), scope);
    return decoder.logSumExp(logits.mul(2), scope).sub(decoder.logSumExp(logits, scope).mul(2));
  }

  private NDArray predicting(PackedBatch batch, NDManager scope) {
    return Ops.rows(scope.create(batch.predicting()), decoder.hidden(batch, scope));
  }
}

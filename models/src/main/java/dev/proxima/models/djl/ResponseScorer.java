package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/** log pi of response tokens; the vocabulary is projected only where one is predicted. */
final class ResponseScorer {

  /** Most logits that are held at once where no tape needs them. */
  private static final int LOGITS = 1 << 24;

  private final Decoder decoder;
  private final int rowsAtOnce;

  ResponseScorer(Decoder decoder) {
    this(decoder, Math.max(1, LOGITS / decoder.config().vocabSize()));
  }

  /**
   * @param rowsAtOnce response tokens whose logits are held at once where no tape needs them
   */
  ResponseScorer(Decoder decoder, int rowsAtOnce) {
    this.decoder = decoder;
    this.rowsAtOnce = rowsAtOnce;
  }

  Decoder decoder() {
    return decoder;
  }

  int rowsAtOnce() {
    return rowsAtOnce;
  }

  /** log pi(token | before) of each response token of a batch, [m], living in {@code scope}. */
  NDArray tokenLogps(PackedBatch batch, NDManager scope) {
    return tokenLogps(batch, predicting(batch, scope), scope);
  }

  /** Likewise, from the hidden states before the response tokens, [m, d]. */
  NDArray tokenLogps(PackedBatch batch, NDArray hidden, NDManager scope) {
    int rows = batch.responses().length;
    int part = JniUtils.isGradMode() ? rows : rowsAtOnce;
    if (rows <= part) {
      return decoder.logps(hidden, batch.responses(), scope);
    }
    NDList parts = new NDList();
    for (int from = 0; from < rows; from += part) {
      int to = Math.min(rows, from + part);
      try (NDManager step = scope.newSubManager()) {
        NDArray some = Ops.slice(hidden, 0, from, to);
        some.attach(step);
        NDArray logps = decoder.logps(some, Arrays.copyOfRange(batch.responses(), from, to), step);
        logps.attach(scope);
        parts.add(logps);
      }
    }
    return NDArrays.concat(parts);
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

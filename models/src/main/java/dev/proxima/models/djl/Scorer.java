package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/** Makes a number of each hidden state at which a batch predicts. */
interface Scorer {

  Decoder decoder();

  /** How many hidden states are scored at once where no tape needs them all. */
  int rowsAtOnce();

  /**
   * The numbers [to - from] of some of the batch's hidden states, living in {@code scope}.
   *
   * @param hidden those of {@link PackedBatch#predicting} from {@code from} (inclusive) to {@code
   *     to} (exclusive), [to - from, d]
   */
  NDArray scores(PackedBatch batch, NDArray hidden, int from, int to, NDManager scope);

  /** The hidden states at which a batch predicts, [m, d]. */
  default NDArray predicting(PackedBatch batch, NDManager scope) {
    return Ops.rows(scope.create(batch.predicting()), decoder().hidden(batch, scope));
  }

  /** The numbers of a batch, [m]. */
  default NDArray scores(PackedBatch batch, NDManager scope) {
    return scores(batch, predicting(batch, scope), scope);
  }

  /** Likewise, from the hidden states at which it predicts, [m, d]. */
  default NDArray scores(PackedBatch batch, NDArray hidden, NDManager scope) {
    int rows = batch.predicting().length;
    int part = JniUtils.isGradMode() ? rows : rowsAtOnce();
    if (rows <= part) {
      return scores(batch, hidden, 0, rows, scope);
    }
    NDList parts = new NDList();
    for (int from = 0; from < rows; from += part) {
      int to = Math.min(rows, from + part);
      try (NDManager step = scope.newSubManager()) {
        NDArray some = Ops.slice(hidden, 0, from, to);
        some.attach(step);
        NDArray scores = scores(batch, some, from, to, step);
        scores.attach(scope);
        parts.add(scores);
      }
    }
    return NDArrays.concat(parts);
  }
}

package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.models.TrainingMemory;
import java.util.Arrays;

/** log pi of response tokens; the vocabulary is projected only where one is predicted. */
final class ResponseScorer implements Scorer {

  private final Decoder decoder;
  private final int rowsAtOnce;

  ResponseScorer(Decoder decoder) {
    this(decoder, Math.max(1, TrainingMemory.LOGITS_AT_ONCE / decoder.config().vocabSize()));
  }

  /**
   * @param rowsAtOnce response tokens whose logits are held at once where no tape needs them
   */
  ResponseScorer(Decoder decoder, int rowsAtOnce) {
    this.decoder = decoder;
    this.rowsAtOnce = rowsAtOnce;
  }

  @Override
  public Decoder decoder() {
    return decoder;
  }

  @Override
  public int rowsAtOnce() {
    return rowsAtOnce;
  }

  @Override
  public NDArray scores(PackedBatch batch, NDArray hidden, int from, int to, NDManager scope) {
    return decoder.logps(hidden, Arrays.copyOfRange(batch.responses(), from, to), scope);
  }

  /** log pi(token | before) of each response token of a batch, [m], living in {@code scope}. */
  NDArray tokenLogps(PackedBatch batch, NDManager scope) {
    return scores(batch, scope);
  }

  /** log sum_v pi(v | before)^2 at each response token of a batch, [m], likewise. */
  NDArray collisions(PackedBatch batch, NDManager scope) {
    NDArray logits = decoder.logits(predicting(batch, scope), scope);
    return decoder.logSumExp(logits.mul(2), scope).sub(decoder.logSumExp(logits, scope).mul(2));
  }
}

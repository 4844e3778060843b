package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** The reward of whole sequences, at their last tokens. */
record RewardScorer(Decoder decoder) implements Scorer {

  @Override
  public int rowsAtOnce() {
    return Integer.MAX_VALUE;
  }

  @Override
  public NDArray scores(PackedBatch batch, NDArray hidden, int from, int to, NDManager scope) {
    return decoder.rewards(hidden, scope);
  }
}

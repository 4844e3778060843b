package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** A forward pass over a batch that can go back. */
interface TrainingPass {

  /** The scorer's numbers, [m]. */
  float[] scores();

  /**
   * Adds the gradient of sum_i gradient_i * score_i to the parameters' gradients; once.
   *
   * @param gradient d loss / d score of each, [m]
   */
  void backward(float[] gradient);

  /**
   * @param checkpointing whether layers are computed once more on the way back
   */
  static TrainingPass of(Scorer scorer, PackedBatch batch, NDManager scope, boolean checkpointing) {
    return checkpointing ? new CheckpointedPass(scorer, batch, scope) : taped(scorer, batch, scope);
  }

  /** With everything between kept on a tape. */
  @SuppressWarnings("try") // GradMode is held, never used
  static TrainingPass taped(Scorer scorer, PackedBatch batch, NDManager scope) {
    NDArray scores;
    try (GradMode recording = GradMode.on()) {
      scores = scorer.scores(batch, scope);
    }
    return new TrainingPass() {
      @Override
      public float[] scores() {
        return scores.toFloatArray();
      }

      @Override
      public void backward(float[] gradient) {
        Ops.backward(scores, scope.create(gradient));
      }
    };
  }
}

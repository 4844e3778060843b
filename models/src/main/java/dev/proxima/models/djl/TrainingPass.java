package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** A forward pass over a batch that can go back. */
interface TrainingPass {

  /** log pi(token | before) of each response token, [m]. */
  float[] tokenLogps();

  /**
   * Adds the gradient of sum_i gradient_i * logp_i to the parameters' gradients; once.
   *
   * @param gradient d loss / d logp of each response token, [m]
   */
  void backward(float[] gradient);

  /** With everything between kept on a tape. */
  @SuppressWarnings("try") // GradMode is held, never used
  static TrainingPass taped(ResponseScorer scorer, PackedBatch batch, NDManager scope) {
    NDArray tokenLogps;
    try (GradMode recording = GradMode.on()) {
      tokenLogps = scorer.tokenLogps(batch, scope);
    }
    return new TrainingPass() {
      @Override
      public float[] tokenLogps() {
        return tokenLogps.toFloatArray();
      }

      @Override
      public void backward(float[] gradient) {
        Ops.backward(tokenLogps, scope.create(gradient));
      }
    };
  }
}

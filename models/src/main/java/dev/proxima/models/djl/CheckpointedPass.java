package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A pass that keeps the input of each layer only, and on the way back computes each layer once more
 * with a tape of its own (Chen et al. 2016, arXiv 1604.06174). Scores are made of a part of the
 * predicting tokens at a time. Of N layers, n tokens and hidden size d it holds (N + 1) n d floats,
 * the tape of one layer, and of one part's scores.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class CheckpointedPass implements TrainingPass {

  private final Scorer scorer;
  private final Decoder decoder;
  private final PackedBatch batch;
  private final NDManager scope;
  private final Decoder.Packed packed;

  /** What goes into each layer and comes out of the last, each [n, d]. */
  private final List<NDArray> states = new ArrayList<>();

  private final float[] scores;

  CheckpointedPass(Scorer scorer, PackedBatch batch, NDManager scope) {
    this.scorer = scorer;
    decoder = scorer.decoder();
    this.batch = batch;
    this.scope = scope;
    try (GradMode still = GradMode.off()) {
      packed = decoder.pack(batch, scope);
      states.add(decoder.embedded(packed, scope));
      for (int layer = 0; layer < decoder.config().layers(); layer++) {
        states.add(decoder.layers(packed, states.get(layer), layer, layer + 1, scope));
      }
      scores = scorer.scores(batch, predicting(last()), scope).toFloatArray();
    }
  }

  @Override
  public float[] scores() {
    return scores.clone();
  }

  @Override
  public void backward(float[] gradient) {
    try (GradMode recording = GradMode.on()) {
      NDArray back = throughHead(gradient);
      for (int layer = decoder.config().layers() - 1; layer >= 0; layer--) {
        int at = layer;
        NDArray before = back;
        try (NDManager step = scope.newSubManager()) {
          back =
              through(
                  states.get(layer),
                  before,
                  step,
                  x -> decoder.layers(packed, x, at, at + 1, step));
        }
        before.close();
        states.remove(layer + 1).close();
      }
      if (!decoder.frozen()) {
        try (NDManager step = scope.newSubManager()) {
          Ops.backward(decoder.embedded(packed, step), back);
        }
      }
    }
  }

  /** d loss / d the last states, [n, d]; a part of the rows at a time. */
  private NDArray throughHead(float[] gradient) {
    int rows = batch.predicting().length;
    int rowsAtOnce = scorer.rowsAtOnce();
    NDArray gradients = scope.zeros(new Shape(rows, decoder.config().hiddenSize()));
    try (NDManager outer = scope.newSubManager()) {
      NDArray hidden;
      try (GradMode still = GradMode.off()) {
        hidden = predicting(last());
      }
      for (int from = 0; from < rows; from += rowsAtOnce) {
        int begin = from;
        int to = Math.min(rows, from + rowsAtOnce);
        try (NDManager step = outer.newSubManager()) {
          NDArray g = step.create(Arrays.copyOfRange(gradient, from, to));
          NDArray some = Ops.slice(hidden, 0, from, to);
          some.attach(step);
          NDArray leaf = some.duplicate();
          leaf.attach(step);
          NDArray back = through(leaf, g, step, x -> scorer.scores(batch, x, begin, to, step));
          try (GradMode still = GradMode.off()) {
            Ops.setRows(gradients, back, from, to);
          }
          back.close();
        }
      }
      hidden.close();
    }
    try (NDManager step = scope.newSubManager()) {
      return through(last(), gradients, step, x -> Ops.rows(step.create(batch.predicting()), x));
    } finally {
      gradients.close();
    }
  }

  /** Goes forward once more from {@code input}, back from {@code gradient}, to input's gradient. */
  private NDArray through(
      NDArray input, NDArray gradient, NDManager step, Function<NDArray, NDArray> forward) {
    input.setRequiresGradient(true);
    NDArray output = forward.apply(input);
    output.attach(step);
    Ops.backward(output, gradient);
    NDArray back = input.getGradient();
    back.attach(scope);
    return back;
  }

  private NDArray predicting(NDArray hidden) {
    return Ops.rows(scope.create(batch.predicting()), hidden);
  }

  private NDArray last() {
    return states.get(states.size() - 1);
  }
}

package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.proxima.models.ModelConfig;

/**
 * Rotary position embedding (Su et al. 2021) in Hugging Face's convention: element i of the first
 * half of a head turns together with element i of the second half.
 */
final class RotaryEmbedding {

  private final int half;
  private final NDArray cosines;
  private final NDArray signedSines;

  /** Tables for every position of the model, each [positions, 1, head size], in {@code manager}. */
  RotaryEmbedding(NDManager manager, ModelConfig config) {
    int head = config.headSize();
    int positions = config.maxPositionEmbeddings();
    half = head / 2;
    float[] cosine = new float[positions * head];
    float[] sine = new float[positions * head];
    for (int i = 0; i < half; i++) {
      // Rounded to float32 where Hugging Face rounds: far positions turn by the same angle.
      float frequency = 1 / (float) StrictMath.pow(config.ropeTheta(), (float) (2 * i) / head);
      for (int position = 0; position < positions; position++) {
        float angle = position * frequency;
        int first = position * head + i;
        cosine[first] = cosine[first + half] = (float) StrictMath.cos(angle);
        sine[first + half] = (float) StrictMath.sin(angle);
        sine[first] = -sine[first + half];
      }
    }
    Shape shape = new Shape(positions, 1, head);
    cosines = manager.create(cosine, shape);
    signedSines = manager.create(sine, shape);
  }

  /** The rotation of {@code count} positions from {@code start}, living in {@code scope}. */
  Rotation at(NDManager scope, long start, long count) {
    NDArray cosine = Ops.slice(cosines, 0, start, start + count);
    NDArray sine = Ops.slice(signedSines, 0, start, start + count);
    cosine.attach(scope);
    sine.attach(scope);
    return new Rotation(half, cosine, sine);
  }

  /** Cosines and sines of a run of positions, each [positions, 1, head size]. */
  record Rotation(int half, NDArray cosine, NDArray signedSine) {

    /** Turns heads [batch, positions, heads, head size]. */
    NDArray apply(NDArray x) {
      NDList halves = Ops.split(x, 3, half, half);
      NDArray swapped = halves.get(1).concat(halves.get(0), 3);
      return x.mul(cosine).add(swapped.mul(signedSine));
    }
  }
}

package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Rotary;

/**
 * Cosines and sines of rotary positions (Su et al. 2021), for as many positions as were asked for.
 * Rounded to float32 where Hugging Face rounds, so that far positions turn by the same angle.
 */
final class RotaryTables {

  private static final int FIRST_POSITIONS = 256;

  private final NDManager manager;
  private final int headSize;
  private final float[] frequencies;
  private int positions;
  private NDArray cosines;
  private NDArray sines;

  /** Tables that live in {@code manager}. */
  RotaryTables(NDManager manager, ModelConfig config) {
    this.manager = manager;
    headSize = config.headSize();
    frequencies = frequencies(config.rotary(), headSize);
  }

  /**
   * The turns of positions, int64 [n]: cosines and sines, each [n, 1, head size], beside it.
   *
   * @param end above every position
   */
  synchronized PtNDArray[] at(NDArray at, int end) {
    if (end > positions) {
      fill(Math.max(FIRST_POSITIONS, Integer.highestOneBit(end - 1) << 1));
    }
    return new PtNDArray[] {rows(at, cosines), rows(at, sines)};
  }

  private PtNDArray rows(NDArray at, NDArray table) {
    NDArray rows = Ops.rows(at, table).reshape(-1, 1, headSize);
    rows.attach(at.getManager());
    return (PtNDArray) rows;
  }

  private void fill(int count) {
    float[] cosine = new float[count * headSize];
    float[] sine = new float[count * headSize];
    int half = headSize / 2;
    for (int position = 0; position < count; position++) {
      for (int i = 0; i < half; i++) {
        float angle = position * frequencies[i];
        int first = position * headSize + i;
        cosine[first] = cosine[first + half] = (float) StrictMath.cos(angle);
        sine[first] = sine[first + half] = (float) StrictMath.sin(angle);
      }
    }
    if (cosines != null) {
      cosines.close();
      sines.close();
    }
    cosines = manager.create(cosine, new Shape(count, headSize));
    sines = manager.create(sine, new Shape(count, headSize));
    positions = count;
  }

  /** How far a position turns each pair of elements, in radians. */
  static float[] frequencies(Rotary rotary, int headSize) {
    float[] frequencies = new float[headSize / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float plain = 1 / (float) StrictMath.pow(rotary.theta(), (float) (2 * i) / headSize);
      frequencies[i] =
          switch (rotary.scaling()) {
            case LEARNED, DEFAULT -> plain;
            case LINEAR -> plain / (float) rotary.factor();
            case LLAMA3 -> llama3(rotary, plain);
          };
    }
    return frequencies;
  }

  /**
   * Long wavelengths are stretched, short ones kept, those between interpolated (Grattafiori et al.
   * 2024, section 3.4.2, as transformers computes it).
   */
  private static float llama3(Rotary rotary, float plain) {
    double low = rotary.lowFrequencyFactor();
    double high = rotary.highFrequencyFactor();
    double turns = rotary.originalPositions() * (double) plain / (2 * Math.PI);
    double kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (float) ((1 - kept) * plain / rotary.factor() + kept * plain);
  }
}

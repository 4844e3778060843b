package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** PyTorch operations that DJL's {@link NDArray} lacks or makes slow. */
final class Ops {

  private Ops() {}

  /** x W^T: [.., in] and [out, in] give [.., out]. */
  static NDArray linear(NDArray x, NDArray weight) {
    return JniUtils.linear((PtNDArray) x, (PtNDArray) weight, null);
  }

  /** The rows of a matrix [n, d] at int64 {@code indices} [..], as [.., d]. */
  static NDArray rows(NDArray indices, NDArray matrix) {
    return JniUtils.embedding((PtNDArray) indices, (PtNDArray) matrix, false);
  }

  /** A view of {@code from} (inclusive) to {@code to} (exclusive) along an axis. */
  static NDArray slice(NDArray x, int axis, long from, long to) {
    return JniUtils.slice((PtNDArray) x, axis, from, to, 1);
  }

  /** Consecutive views of the given sizes along an axis; cheaper to differentiate than slices. */
  static NDList split(NDArray x, int axis, long... sizes) {
    return JniUtils.split((PtNDArray) x, sizes, axis);
  }

  /**
   * Writes {@code value} over {@code from} (inclusive) to {@code to} (exclusive) of axis 2 of 4.
   */
  static void setColumns(NDArray target, NDArray value, long from, long to) {
    long[] extents = target.getShape().getShape();
    JniUtils.indexSet(
        (PtNDArray) target,
        (PtNDArray) value,
        new long[] {0, 0, from, 0},
        new long[] {extents[0], extents[1], to, extents[3]},
        new long[] {1, 1, 1, 1});
  }

  /** Adds the gradient of sum(g * y), with g held constant, to the parameters' gradients. */
  static void backward(NDArray y, NDArray g) {
    JniUtils.backward((PtNDArray) y, (PtNDArray) g, false, false);
  }
}

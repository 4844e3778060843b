package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** PyTorch operations that DJL's {@link NDArray} lacks or makes slow. */
final class Ops {

  private Ops() {}

  /**
   * Floats as an array in memory of PyTorch's own. An array that DJL creates or sets from floats
   * keeps them in a direct buffer of Java's, of which there are not many.
   */
  static PtNDArray owned(FloatBuffer floats, Shape shape, NDManager manager) {
    try (NDArray view = manager.create(floats, shape)) {
      return (PtNDArray) view.duplicate();
    }
  }

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

  /** Writes {@code value} over the rows {@code from} (inclusive) to {@code to} (exclusive). */
  static void setRows(NDArray target, NDArray value, long from, long to) {
    long[] begin = new long[target.getShape().dimension()];
    long[] end = target.getShape().getShape().clone();
    long[] step = new long[begin.length];
    Arrays.fill(step, 1);
    begin[0] = from;
    end[0] = to;
    JniUtils.indexSet((PtNDArray) target, (PtNDArray) value, begin, end, step);
  }

  /** Makes a parameter have a gradient: at first 0, as it is after every step. */
  static void requireGradient(NDArray parameter) {
    parameter.setRequiresGradient(true);
    try (NDArray zeros = parameter.zerosLike()) {
      backward(parameter, zeros);
    }
  }

  /** Adds the gradient of sum(g * y), with g held constant, to the parameters' gradients. */
  static void backward(NDArray y, NDArray g) {
    JniUtils.backward((PtNDArray) y, (PtNDArray) g, false, false);
  }
}

package dev.proxima.models.safetensors;

import java.util.Arrays;

/**
 * A tensor's entry in a safetensors header.
 *
 * @param dtype the format's name of the element type, such as "F32" or "BF16"
 * @param shape extents, outermost first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end the byte after the last
 */
public record TensorInfo(String dtype, long[] shape, long begin, long end) {

  /** The number of elements. */
  public long elements() {
    return elements(shape);
  }

  static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}

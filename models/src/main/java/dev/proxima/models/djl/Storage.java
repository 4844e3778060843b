package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.proxima.models.Precision;

/** How parameters are kept on their device. */
interface Storage {

  /** Where a product takes so little time that oneDNN's beginning it would show. */
  long BLOCKED_ELEMENTS = 1 << 18;

  /** What an array of float32 becomes, such as one of another type; the given one is taken over. */
  NDArray array(NDArray read);

  /** What the weight of a linear layer becomes after that: itself, or a copy in another layout. */
  NDArray weight(NDArray array);

  /** As they are read, to be trained. */
  static Storage trained() {
    return frozen(Precision.FLOAT32);
  }

  /** In the type of products, to be differentiated through. */
  static Storage frozen(Precision precision) {
    return new Storage() {
      @Override
      public NDArray array(NDArray read) {
        return Decoder.cast(read, precision);
      }

      @Override
      public NDArray weight(NDArray array) {
        return array;
      }
    };
  }

  /**
   * For forward passes only. On a CPU large float32 weights are blocked: a product with 32 rows
   * then takes half the time. A tied output layer is a copy of the embedding then.
   */
  static Storage inference(Precision precision, Device device) {
    if (device.isGpu() || precision != Precision.FLOAT32) {
      return frozen(precision);
    }
    return new Storage() {
      @Override
      public NDArray array(NDArray read) {
        return read;
      }

      @Override
      public NDArray weight(NDArray array) {
        return array.size() < BLOCKED_ELEMENTS ? array : Decoder.blocked(array);
      }
    };
  }
}

package dev.proxima.models.safetensors;

/** The 16-bit floating-point formats, widened to float32, which holds each of their values. */
final class HalfPrecision {

  private static final int SIGN = 0x8000;
  private static final int EXPONENT = 0x7C00;
  private static final int FRACTION = 0x03FF;

  /** What float16 lacks of float32's exponent bias of 127: 127 - 15. */
  private static final float REBIAS = 0x1p112f;

  private HalfPrecision() {}

  /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
  static float float16(short bits) {
    int sign = (bits & SIGN) << 16;
    int fraction = (bits & FRACTION) << 13;
    if ((bits & EXPONENT) == EXPONENT) {
      return Float.intBitsToFloat(sign | 0x7F80_0000 | fraction);
    }
    // The product normalises subnormal numbers; it is exact.
    float magnitude = Float.intBitsToFloat((bits & EXPONENT) << 13 | fraction) * REBIAS;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
  }

  /** bfloat16: the upper half of a float32. */
  static float bfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}

package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every bit pattern, against the value that IEEE 754 defines for its sign, exponent, fraction. */
class HalfPrecisionTest {

  @Test
  void everyFloat16() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertValue(HalfPrecision.float16((short) bits), bits, 5, 10);
    }
  }

  @Test
  void everyBfloat16() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertValue(HalfPrecision.bfloat16((short) bits), bits, 8, 7);
    }
  }

  private static void assertValue(float value, int bits, int exponentBits, int fractionBits) {
    int exponent = bits >> fractionBits & ((1 << exponentBits) - 1);
    double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
    int bias = (1 << (exponentBits - 1)) - 1;
    double expected;
    if (exponent == (1 << exponentBits) - 1) {
      expected = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      expected = Math.scalb(fraction, 1 - bias);
    } else {
      expected = Math.scalb(1 + fraction, exponent - bias);
    }
    boolean negative = (bits & 0x8000) != 0;
    assertThat((double) value).isEqualTo(Double.valueOf(negative ? -expected : expected));
  }
}

package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class ExtrapolationTest {

  /** Values that the formula would not return unchanged at alpha = 0. */
  private static final float[] AWKWARD = {
    -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE, 1e38f, 0.1f
  };

  @Test
  void movesPastTheNextAwayFromTheAnchor() {
    double[] next = {1, 2, -3};
    double[] anchor = {0, 4, -3};

    assertThat(Extrapolation.extrapolate(next, anchor, 0.5)).containsExactly(1.5, 1, -3);
    assertThat(next).containsExactly(1, 2, -3);
  }

  @Test
  void extrapolatesChunksInFloat32() {
    float[] next = {0.1f, 1e8f, -7.3f};
    float[] anchor = {0.3f, 1, 2.9f};
    FloatBuffer target = FloatBuffer.allocate(3);

    Extrapolation.extrapolate(FloatBuffer.wrap(next), FloatBuffer.wrap(anchor), 0.3, target);

    // NumPy's float32; in float64 the first would round to 0x3d23d70a.
    assertThat(target.array())
        .containsExactly(
            Float.intBitsToFloat(0x3d23d709), 1.3e8f, Float.intBitsToFloat(0xc125c290));
  }

  @Test
  void returnsTheNextBitForBitWithoutAlpha() {
    FloatBuffer target = FloatBuffer.allocate(AWKWARD.length);
    FloatBuffer anchor = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, -3e38f, 7});

    Extrapolation.extrapolate(FloatBuffer.wrap(AWKWARD), anchor, 0, target);

    for (int i = 0; i < AWKWARD.length; i++) {
      assertThat(Float.floatToRawIntBits(target.get(i)))
          .isEqualTo(Float.floatToRawIntBits(AWKWARD[i]));
    }
    double[] doubles = {-0.0, Double.POSITIVE_INFINITY};
    assertThat(Extrapolation.extrapolate(doubles, new double[2], 0)).containsExactly(doubles);
  }

  @Test
  void returnsTheAnchorBitForBitAtMinusOne() {
    FloatBuffer target = FloatBuffer.allocate(AWKWARD.length);
    FloatBuffer next = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, -3e38f, 7});

    Extrapolation.extrapolate(next, FloatBuffer.wrap(AWKWARD), ReferenceUpdate.KEEP, target);

    for (int i = 0; i < AWKWARD.length; i++) {
      assertThat(Float.floatToRawIntBits(target.get(i)))
          .isEqualTo(Float.floatToRawIntBits(AWKWARD[i]));
    }
    double[] doubles = {-0.0, Double.POSITIVE_INFINITY};
    assertThat(Extrapolation.extrapolate(new double[2], doubles, ReferenceUpdate.KEEP))
        .containsExactly(doubles);
  }

  /** 1/4 of the next and 3/4 of the anchor: 8/4 + 3 * 4/4 = 5 and -4/4 + 3 * 0 = -1. */
  @Test
  void averagesBetweenMinusOneAndZero() {
    assertThat(Extrapolation.extrapolate(new double[] {8, -4}, new double[] {4, 0}, -0.75))
        .containsExactly(5, -1);
  }

  @Test
  void worksInPlaceOnEitherBuffer() {
    FloatBuffer next = FloatBuffer.wrap(new float[] {1, 2});
    FloatBuffer anchor = FloatBuffer.wrap(new float[] {0, 4});

    Extrapolation.extrapolate(next.duplicate(), anchor, 0.5, anchor);
    assertThat(anchor.array()).containsExactly(1.5f, 1);

    Extrapolation.extrapolate(next, FloatBuffer.wrap(new float[] {0, 4}), 0.5, next);
    assertThat(next.array()).containsExactly(1.5f, 1);
  }

  @Test
  void touchesOnlyTheRemainingElementsAndNoPosition() {
    FloatBuffer next = FloatBuffer.wrap(new float[] {9, 9, 1, 2}).position(2);
    FloatBuffer anchor = FloatBuffer.wrap(new float[] {0, 4, 9}).limit(2);
    FloatBuffer target =
        ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    target.position(1).limit(3);

    Extrapolation.extrapolate(next, anchor, 0.5, target);

    assertThat(target.position()).isEqualTo(1);
    assertThat(next.position()).isEqualTo(2);
    assertThat(anchor.position()).isZero();
    float[] all = new float[4];
    target.clear().get(all);
    assertThat(all).containsExactly(0, 1.5f, 1, 0);
  }

  @Test
  void refusesParametersOfAnotherModel() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Extrapolation.extrapolate(new double[3], new double[4], 0.3))
        .withMessage("cannot extrapolate 3 parameters with 4 others");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Extrapolation.extrapolate(
                    FloatBuffer.allocate(3), FloatBuffer.allocate(3), 0.3, FloatBuffer.allocate(2)))
        .withMessage("cannot extrapolate 3 parameters with 2 others");
  }
}

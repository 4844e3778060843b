package dev.proxima.algorithms.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Golden values come from a transcription of the definition into Python's integers. */
class RandomStreamTest {

  /** The key whose first draw is 64 ones, and the one whose first draw is 64 zeros. */
  private static final RandomStream ALL_ONES = new RandomStream(0x31628af67b2131abL);

  private static final RandomStream ALL_ZEROS = new RandomStream(0x61c8864680b583ebL);

  @Property
  void isSplitMix64(@ForAll long key) {
    // The JDK's SplittableRandom is SplitMix64, started from the key.
    SplittableRandom reference = new SplittableRandom(key);
    RandomStream stream = new RandomStream(key);
    for (int position = 0; position < 20; position++) {
      assertThat(stream.bits(position)).isEqualTo(reference.nextLong());
    }
  }

  @Test
  void dependsOnSeedPurposeAndCoordinates() {
    assertThat(RandomStream.of(42, "sample").key()).isEqualTo(0xf18eca616b16390dL);
    assertThat(RandomStream.of(42, "sample", 3).key()).isEqualTo(0x66194245a818caa4L);
    assertThat(RandomStream.of(42, "sample", 3, 1).key()).isEqualTo(0x9135f072da2f6570L);
    assertThat(RandomStream.of(-1, "noise", 0, 0, 0).key()).isEqualTo(0xcb9c549d915bfc37L);
  }

  @Test
  void drawsFromTheHighBits() {
    RandomStream stream = RandomStream.of(42, "sample", 3, 1);

    assertThat(stream.bits(0)).isEqualTo(0x79c8dffd820df894L);
    assertThat(stream.uniform(0)).isEqualTo(0.4757213586727217);
    assertThat(stream.uniform(1)).isEqualTo(0.7439282960966828);
    assertThat(stream.below(10, 0)).isEqualTo(4);
    assertThat(stream.below(10, 1)).isEqualTo(7);
    assertThat(stream.permutation(6)).containsExactly(4, 5, 1, 2, 0, 3);
  }

  @Test
  void staysInRangeAtTheEnds() {
    assertThat(ALL_ONES.bits(0)).isEqualTo(-1);
    assertThat(ALL_ZEROS.bits(0)).isZero();
    assertThat(ALL_ONES.uniform(0)).isLessThan(1);
    assertThat(ALL_ZEROS.uniform(0)).isZero();
    assertThat(ALL_ONES.below(Integer.MAX_VALUE, 0)).isEqualTo(Integer.MAX_VALUE - 1);
    assertThat(ALL_ZEROS.below(Integer.MAX_VALUE, 0)).isZero();
    assertThat(ALL_ONES.gaussian(0)).isFinite();
    // -log(-log(1 - 2^-53)) = 53 log 2 and -log(53 log 2), to rounding.
    assertThat(ALL_ONES.gumbel(0)).isCloseTo(53 * Math.log(2), within(1e-9));
    assertThat(ALL_ZEROS.gumbel(0)).isCloseTo(-Math.log(53 * Math.log(2)), within(1e-9));
  }

  @Test
  void needsABound() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ALL_ONES.below(0, 0))
        .withMessage("bound must be positive, not 0");
  }

  @Property
  void aPermutationHoldsEachIndexOnce(
      @ForAll long key, @ForAll @IntRange(min = 0, max = 200) int n) {
    int[] sorted = new RandomStream(key).permutation(n);
    Arrays.sort(sorted);

    for (int i = 0; i < n; i++) {
      assertThat(sorted[i]).isEqualTo(i);
    }
  }
}

package dev.proxima.algorithms.spo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class DynamicBarrierTest {

  private static final double TOLERANCE = 1e-9;

  @Property
  void theDirectionDescendsEnoughAndIsTheNearestThatDoes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int dimensions,
      @ForAll @DoubleRange(min = -3, max = 3) double violation,
      @ForAll @DoubleRange(min = 0.1, max = 3) double rate,
      @ForAll @DoubleRange(min = 0.1, max = 3) double share) {
    DynamicBarrier barrier = new DynamicBarrier(rate, share);
    double[] g = vector(RandomStream.of(seed, "g"), dimensions);
    double[] h = vector(RandomStream.of(seed, "h"), dimensions);
    double least = barrier.leastDescent(violation, product(h, h));

    double lambda = barrier.multiplier(violation, product(g, h), product(h, h));
    double[] d = sum(g, lambda, h);

    assertThat(lambda).isNotNegative();
    assertThat(product(d, h)).isGreaterThanOrEqualTo(least - TOLERANCE);
    // No other direction that descends enough is nearer to g: candidates are random, made to
    // descend enough by adding h.
    for (int i = 0; i < 20; i++) {
      double[] other = sum(g, 1, vector(RandomStream.of(seed, "other", i), dimensions));
      double missing = Math.max(0, least - product(other, h)) / product(h, h);
      double[] feasible = sum(other, missing, h);
      assertThat(distance(feasible, g)).isGreaterThanOrEqualTo(distance(d, g) - TOLERANCE);
    }
  }

  /** By hand: g = (1, 0), h = (-1, 1), q = 1: phi = min(0.5, 2) = 0.5 and lambda = 1.5 / 2. */
  @Example
  void addsWhatIsMissing() {
    DynamicBarrier barrier = new DynamicBarrier(0.5, 1);
    assertThat(barrier.leastDescent(1, 2)).isEqualTo(0.5);
    assertThat(barrier.multiplier(1, -1, 2)).isCloseTo(0.75, within(TOLERANCE));
  }

  /** With q = -1, phi = -0.5: what raises the loss by less than that is left as it is. */
  @Example
  void leavesAloneWhatStaysInside() {
    DynamicBarrier barrier = new DynamicBarrier(0.5, 1);
    assertThat(barrier.multiplier(-1, -0.4, 2)).isZero();
    assertThat(barrier.multiplier(-1, -0.9, 2)).isCloseTo(0.2, within(TOLERANCE));
  }

  @Example
  void nothingIsAddedWhereTheGradientVanishes() {
    assertThat(new DynamicBarrier(1, 1).multiplier(2, 0, 0)).isZero();
  }

  @Example
  void refusesWhatIsNotAboveZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBarrier(0, 1))
        .withMessage("barrier-rate must be above 0 and finite, not 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBarrier(1, Double.NaN))
        .withMessage("barrier-share must be above 0 and finite, not NaN");
  }

  private static double[] vector(RandomStream random, int dimensions) {
    double[] vector = new double[dimensions];
    Arrays.setAll(vector, random::gaussian);
    return vector;
  }

  private static double[] sum(double[] a, double weight, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + weight * b[i]);
    return sum;
  }

  private static double product(double[] a, double[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
    }
    return product;
  }

  private static double distance(double[] a, double[] b) {
    double[] difference = sum(a, -1, b);
    return Math.sqrt(product(difference, difference));
  }
}

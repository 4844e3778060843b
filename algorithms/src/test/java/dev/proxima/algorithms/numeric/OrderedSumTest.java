package dev.proxima.algorithms.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OrderedSumTest {

  /** 1e16 + 1 is 1e16 in a double, so that order tells; compensated summation would give 2. */
  @Test
  void addsFromFirstToLast() {
    assertThat(OrderedSum.of(new double[] {1e16, 1, 1, -1e16})).isZero();
    assertThat(OrderedSum.of(new double[] {1, 1, 1e16, -1e16})).isEqualTo(2);
    assertThat(OrderedSum.mean(new double[] {1, 2, 6})).isEqualTo(3);
    assertThat(OrderedSum.of(new double[0])).isZero();
  }
}

package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShareTest {

  @Test
  void sharesAreFilledInOrder() {
    assertThat(Share.cut(8, 4))
        .containsExactly(new Share(0, 2), new Share(2, 4), new Share(4, 6), new Share(6, 8));
    assertThat(Share.cut(5, 4)).containsExactly(new Share(0, 2), new Share(2, 4), new Share(4, 5));
    assertThat(Share.cut(2, 4)).containsExactly(new Share(0, 1), new Share(1, 2));
    assertThat(new Share(1, 3).of(List.of("a", "b", "c", "d"))).containsExactly("b", "c");
    assertThat(new Share(1, 3).positions()).containsExactly(1, 2);
  }

  @Property
  void everyPositionIsInOneShareAndNoneIsEmpty(
      @ForAll @IntRange(max = 100) int n, @ForAll @IntRange(min = 1, max = 20) int count) {
    List<Share> shares = Share.cut(n, count);
    assertThat(shares).hasSizeLessThanOrEqualTo(count);
    assertThat(shares).allSatisfy(share -> assertThat(share.size()).isPositive());
    assertThat(shares.stream().flatMap(share -> share.positions().stream()))
        .containsExactlyElementsOf(new Share(0, n).positions());
  }
}

package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

  @Test
  void shortItemsComeTogetherAndALongOneAlone() {
    // Two rows an item: 2 * 2 * 5 = 20 fits, 3 * 2 * 6 does not, and 2 * 30 is beyond the budget.
    assertThat(MicroBatches.group(new int[] {30, 5, 6, 3}, 2, 20))
        .containsExactly(List.of(3, 1), List.of(2), List.of(0));
  }

  @Property
  void everyItemIsInOneGroupWithinTheBudget(
      @ForAll @Size(max = 50) List<@IntRange(min = 1, max = 60) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 3) int rowsPerItem,
      @ForAll @IntRange(min = 1, max = 400) int budget) {
    int[] array = lengths.stream().mapToInt(i -> i).toArray();

    List<List<Integer>> groups = MicroBatches.group(array, rowsPerItem, budget);

    assertThat(groups.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, array.length).boxed().toList());
    for (List<Integer> group : groups) {
      int longest = group.stream().mapToInt(i -> array[i]).max().orElseThrow();
      assertThat(group.size() == 1 || group.size() * rowsPerItem * longest <= budget).isTrue();
    }
  }
}

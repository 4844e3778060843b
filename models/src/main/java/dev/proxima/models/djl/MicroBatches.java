package dev.proxima.models.djl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups items of similar length, so that little of a padded batch is padding. */
final class MicroBatches {

  private MicroBatches() {}

  /**
   * Splits items into groups whose padded size stays within a budget; an item beyond the budget is
   * alone.
   *
   * @param lengths length of each item's longest sequence
   * @param rowsPerItem sequences of an item
   * @param tokenBudget most rows times longest length of a group
   * @return indices into {@code lengths}, the shortest items first; items of equal length in order
   */
  static List<List<Integer>> group(int[] lengths, int rowsPerItem, int tokenBudget) {
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> current = new ArrayList<>();
    List<Integer> byLength =
        IntStream.range(0, lengths.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> lengths[i]))
            .toList();
    for (int item : byLength) {
      long rows = (current.size() + 1L) * rowsPerItem;
      if (!current.isEmpty() && rows * lengths[item] > tokenBudget) {
        groups.add(current);
        current = new ArrayList<>();
      }
      current.add(item);
    }
    if (!current.isEmpty()) {
      groups.add(current);
    }
    return groups;
  }
}

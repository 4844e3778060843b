package dev.proxima.models;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a batch, whose gradient is computed by itself: the positions from {@code begin} to
 * before {@code end}.
 */
public record Share(int begin, int end) {

  /**
   * Cuts a batch of {@code n} into at most {@code count} shares, one after the other and as equal
   * as rounding up lets them be; there are no empty ones.
   */
  public static List<Share> cut(int n, int count) {
    int size = (n + count - 1) / count;
    List<Share> shares = new ArrayList<>();
    for (int begin = 0; begin < n; begin += size) {
      shares.add(new Share(begin, Math.min(begin + size, n)));
    }
    return shares;
  }

  /** The number of positions. */
  public int size() {
    return end - begin;
  }

  /** What is at the positions. */
  public <T> List<T> of(List<T> batch) {
    return batch.subList(begin, end);
  }

  /** The positions. */
  public List<Integer> positions() {
    return IntStream.range(begin, end).boxed().toList();
  }
}

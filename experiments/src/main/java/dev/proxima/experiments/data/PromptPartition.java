package dev.proxima.experiments.data;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Divides data by prompt: everything about one prompt lands in the same part, so that no evaluation
 * prompt is ever trained on. A division depends on the items, their order and the seed only.
 */
public final class PromptPartition {

  private PromptPartition() {}

  /** The two parts of {@link #split}, neither of them empty. */
  public record Split<T>(List<T> training, List<T> heldOut) {}

  /**
   * Holds out a share of the distinct prompts, rounded to the nearest number of prompts, at least
   * one and never all of them.
   *
   * @param heldOutShare in (0, 1)
   * @throws UserError if there are fewer than two distinct prompts
   */
  public static <T> Split<T> split(
      List<T> items, Function<T, Conversation> prompt, double heldOutShare, long seed) {
    if (!(heldOutShare > 0 && heldOutShare < 1)) {
      throw new IllegalArgumentException(
          "the held-out share must be between 0 and 1, not " + heldOutShare);
    }
    List<List<T>> groups = shuffledGroups(items, prompt, RandomStream.of(seed, "held-out"));
    int n = groups.size();
    if (n < 2) {
      throw new UserError("holding out prompts needs at least 2 distinct prompts, not " + n);
    }
    int heldOut = (int) Math.min(n - 1, Math.max(1, Math.round(heldOutShare * n)));
    return new Split<>(flatten(groups.subList(heldOut, n)), flatten(groups.subList(0, heldOut)));
  }

  /**
   * Contiguous folds of a seeded permutation of the distinct prompts. The numbers of prompts in the
   * folds differ by at most one; so do the numbers of items where every prompt occurs once.
   *
   * @throws UserError if there are fewer distinct prompts than folds
   */
  public static <T> List<List<T>> folds(
      List<T> items, Function<T, Conversation> prompt, int n, long seed) {
    if (n < 1) {
      throw new IllegalArgumentException("the number of folds must be at least 1, not " + n);
    }
    List<List<T>> groups = shuffledGroups(items, prompt, RandomStream.of(seed, "folds"));
    if (groups.size() < n) {
      throw new UserError(
          n + " folds need at least as many distinct prompts, not " + groups.size());
    }
    List<List<T>> folds = new ArrayList<>(n);
    for (int fold = 0; fold < n; fold++) {
      folds.add(flatten(groups.subList(start(fold, n, groups), start(fold + 1, n, groups))));
    }
    return folds;
  }

  private static int start(int fold, int n, List<?> groups) {
    return (int) ((long) fold * groups.size() / n);
  }

  private static <T> List<List<T>> shuffledGroups(
      List<T> items, Function<T, Conversation> prompt, RandomStream random) {
    Map<Conversation, List<T>> byPrompt = new LinkedHashMap<>();
    for (T item : items) {
      byPrompt.computeIfAbsent(prompt.apply(item), key -> new ArrayList<>()).add(item);
    }
    List<List<T>> groups = List.copyOf(byPrompt.values());
    List<List<T>> shuffled = new ArrayList<>(groups.size());
    for (int i : random.permutation(groups.size())) {
      shuffled.add(groups.get(i));
    }
    return shuffled;
  }

  private static <T> List<T> flatten(List<List<T>> groups) {
    return groups.stream().flatMap(List::stream).toList();
  }
}

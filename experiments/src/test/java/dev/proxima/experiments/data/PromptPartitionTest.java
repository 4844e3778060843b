package dev.proxima.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.experiments.UserError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PromptPartitionTest {

  /** An item of prompt {@code prompt}; the number tells items of one prompt apart. */
  record Item(int prompt, int number) {
    Conversation conversation() {
      return Conversation.ofUser("prompt " + prompt);
    }
  }

  @Property(tries = 200)
  void foldsDealEveryItemOnceAndKeepPromptsTogether(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 30) Integer> prompts,
      @ForAll @IntRange(min = 1, max = 7) int n,
      @ForAll long seed) {
    List<Item> items = items(prompts);
    int distinct = new HashSet<>(prompts).size();
    if (distinct < n) {
      assertThatThrownBy(() -> PromptPartition.folds(items, Item::conversation, n, seed))
          .isInstanceOf(UserError.class);
      return;
    }

    List<List<Item>> folds = PromptPartition.folds(items, Item::conversation, n, seed);

    assertThat(folds).hasSize(n);
    assertThat(folds.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(items);
    List<Integer> sizes = folds.stream().map(fold -> prompts(fold).size()).toList();
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(distinct);
    assertThat(sizes).allMatch(size -> size == distinct / n || size == (distinct + n - 1) / n);
  }

  @Property(tries = 200)
  void splitSharesNoPromptAndLosesNoItem(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 30) Integer> prompts,
      @ForAll @IntRange(min = 1, max = 99) int percent,
      @ForAll long seed) {
    List<Item> items = items(prompts);
    int distinct = new HashSet<>(prompts).size();
    if (distinct < 2) {
      assertThatThrownBy(
              () -> PromptPartition.split(items, Item::conversation, percent / 100.0, seed))
          .isInstanceOf(UserError.class);
      return;
    }

    PromptPartition.Split<Item> split =
        PromptPartition.split(items, Item::conversation, percent / 100.0, seed);

    assertThat(split.training()).isNotEmpty();
    assertThat(split.heldOut()).isNotEmpty();
    assertThat(split.training().size() + split.heldOut().size()).isEqualTo(items.size());
    assertThat(prompts(split.training())).doesNotContainAnyElementsOf(prompts(split.heldOut()));
    assertThat(prompts(split.heldOut()).size() - percent / 100.0 * distinct).isBetween(-1.0, 1.0);
  }

  @Test
  void dependsOnTheSeedOnly() {
    List<Item> items = items(IntStream.range(0, 50).boxed().toList());

    assertThat(PromptPartition.folds(items, Item::conversation, 3, 5))
        .isEqualTo(PromptPartition.folds(items, Item::conversation, 3, 5))
        .isNotEqualTo(PromptPartition.folds(items, Item::conversation, 3, 6));
    assertThat(PromptPartition.split(items, Item::conversation, 0.2, 5))
        .isEqualTo(PromptPartition.split(items, Item::conversation, 0.2, 5))
        .isNotEqualTo(PromptPartition.split(items, Item::conversation, 0.2, 6));
  }

  private static List<Item> items(List<Integer> prompts) {
    return IntStream.range(0, prompts.size()).mapToObj(i -> new Item(prompts.get(i), i)).toList();
  }

  private static Set<Integer> prompts(List<Item> items) {
    return items.stream().map(Item::prompt).collect(Collectors.toSet());
  }
}

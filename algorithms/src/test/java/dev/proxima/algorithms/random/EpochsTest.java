package dev.proxima.algorithms.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EpochsTest {

  @Property(tries = 200)
  void everyPassIsAPermutationInBatches(
      @ForAll @IntRange(min = 1, max = 20) int examples,
      @ForAll @IntRange(min = 1, max = 7) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int epochs) {
    Epochs batches = epochs(examples, batchSize, epochs);
    int perPass = (int) Math.ceil((double) examples / batchSize);
    assertThat(batches.steps()).isEqualTo(perPass * epochs);
    for (int epoch = 0; epoch < epochs; epoch++) {
      int first = epoch * perPass;
      int[] pass =
          IntStream.range(first, first + perPass)
              .flatMap(step -> Arrays.stream(batches.batch(step)))
              .toArray();
      assertThat(pass).containsExactlyInAnyOrder(IntStream.range(0, examples).toArray());
      for (int step = first; step < first + perPass - 1; step++) {
        assertThat(batches.batch(step)).hasSize(batchSize);
      }
    }
  }

  @Test
  void theLastBatchOfAPassIsSmallerWhereTheExamplesDoNotDivide() {
    Epochs batches = epochs(5, 2, 2);
    assertThat(IntStream.range(0, 6).map(step -> batches.batch(step).length))
        .containsExactly(2, 2, 1, 2, 2, 1);
  }

  @Test
  void passesDiffer() {
    Epochs batches = epochs(50, 50, 2);
    assertThat(batches.batch(0)).isNotEqualTo(batches.batch(1));
  }

  @Test
  void aBatchDoesNotDependOnThoseAskedForBefore() {
    Epochs forwards = epochs(9, 4, 2);
    int[][] inOrder = new int[forwards.steps()][];
    for (int step = 0; step < inOrder.length; step++) {
      inOrder[step] = forwards.batch(step);
    }
    Epochs backwards = epochs(9, 4, 2);
    for (int step = inOrder.length - 1; step >= 0; step--) {
      assertThat(backwards.batch(step)).isEqualTo(inOrder[step]);
    }
  }

  @Test
  void inOrderEveryPassIsTheSame() {
    Epochs batches = Epochs.inOrder(5, 3, 2);
    assertThat(batches.steps()).isEqualTo(4);
    assertThat(batches.batch(0)).containsExactly(0, 1, 2);
    assertThat(batches.batch(3)).containsExactly(3, 4);
  }

  private static Epochs epochs(int examples, int batchSize, int epochs) {
    return new Epochs(
        examples, batchSize, epochs, epoch -> RandomStream.of(1, "epochs-test", epoch));
  }
}

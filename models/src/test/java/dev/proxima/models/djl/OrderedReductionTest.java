package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OrderedReductionTest {

  /** Texts instead of numbers: their sum says its order. The last threads start first. */
  @Property(tries = 50)
  void sharesAreAddedInOrderByAnyNumberOfThreads(
      @ForAll @IntRange(min = 1, max = 9) int shares,
      @ForAll @IntRange(min = 1, max = 5) int sums,
      @ForAll @IntRange(min = 1, max = 4) int threads) {
    OrderedReduction reduction = new OrderedReduction(sums);
    List<StringBuffer> texts = IntStream.range(0, sums).mapToObj(i -> new StringBuffer()).toList();
    ExecutorService pool = Executors.newCachedThreadPool();
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int thread = threads - 1; thread >= 0; thread--) {
      int first = thread;
      done.add(
          CompletableFuture.runAsync(
              () -> {
                for (int share = first; share < shares; share += threads) {
                  String text = Integer.toString(share);
                  for (int sum = 0; sum < sums; sum++) {
                    StringBuffer to = texts.get(sum);
                    reduction.add(share, sum, () -> to.append(text));
                  }
                }
              },
              pool));
    }
    done.forEach(CompletableFuture::join);
    pool.shutdown();
    assertThat(texts)
        .allSatisfy(
            text -> assertThat(text.toString()).isEqualTo("012345678".substring(0, shares)));
  }

  @Test
  void whoWaitsForAShareThatIsGivenUpThrows() {
    OrderedReduction reduction = new OrderedReduction(1);
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(() -> reduction.add(1, 0, () -> {}));
    reduction.fail(new IllegalStateException("first"));
    reduction.fail(new IllegalStateException("second"));
    assertThatThrownBy(waiting::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    assertThatThrownBy(reduction::check).hasMessage("first");
  }
}

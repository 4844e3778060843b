package dev.proxima.actors.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FanOutTest {

  private static final DataPlaneAddress ORIGIN = node(0);

  @Test
  void aFanOutOfOneIsAChain() {
    assertThat(FanOut.sources(ORIGIN, nodes(3), 1))
        .containsExactly(
            Map.entry(node(1), List.of(ORIGIN)),
            Map.entry(node(2), List.of(node(1), ORIGIN)),
            Map.entry(node(3), List.of(node(2), node(1), ORIGIN)));
  }

  /** Drawn by hand: the origin serves 1 and 2, node 1 serves 3 and 4, node 2 serves 5 and 6. */
  @Test
  void aFanOutOfTwoIsABinaryTree() {
    Map<DataPlaneAddress, List<DataPlaneAddress>> sources = FanOut.sources(ORIGIN, nodes(6), 2);
    assertThat(sources.values().stream().map(list -> list.get(0)))
        .containsExactly(ORIGIN, ORIGIN, node(1), node(1), node(2), node(2));
  }

  @Test
  void theOriginAndRepeatedNodesNeedNothingTwice() {
    assertThat(FanOut.sources(ORIGIN, List.of(node(1), ORIGIN, node(1)), 1))
        .containsExactly(Map.entry(node(1), List.of(ORIGIN)));
  }

  @Test
  void aFanOutOfNobodyIsRefused() {
    assertThatThrownBy(() -> FanOut.sources(ORIGIN, nodes(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }

  @Property(tries = 200)
  void nobodyServesMoreThanKWhileAllLive(
      @ForAll @IntRange(max = 200) int count, @ForAll @IntRange(min = 1, max = 9) int k) {
    List<DataPlaneAddress> first =
        FanOut.sources(ORIGIN, nodes(count), k).values().stream().map(list -> list.get(0)).toList();
    for (DataPlaneAddress server : new HashSet<>(first)) {
      assertThat(first.stream().filter(server::equals).count()).isLessThanOrEqualTo(k);
    }
  }

  /** Sources come before those that pull from them, so nobody waits in a circle. */
  @Property(tries = 200)
  void sourcesPrecedeTheirNodes(
      @ForAll @IntRange(max = 200) int count, @ForAll @IntRange(min = 1, max = 9) int k) {
    Set<DataPlaneAddress> seen = new HashSet<>(Set.of(ORIGIN));
    FanOut.sources(ORIGIN, nodes(count), k)
        .forEach(
            (node, sources) -> {
              assertThat(seen).containsAll(sources);
              seen.add(node);
            });
    assertThat(seen).hasSize(count + 1);
  }

  /** Each node tries its sources in turn; a dead one fails at once. */
  @Property(tries = 200)
  void whoLivesReachesTheOriginWhoeverDies(
      @ForAll @IntRange(max = 60) int count,
      @ForAll @IntRange(min = 1, max = 5) int k,
      @ForAll Set<@IntRange(min = 1, max = 60) Integer> dead) {
    Set<DataPlaneAddress> served = new HashSet<>(Set.of(ORIGIN));
    FanOut.sources(ORIGIN, nodes(count), k)
        .forEach(
            (node, sources) -> {
              if (!dead.contains(node.port() - 1) && sources.stream().anyMatch(served::contains)) {
                served.add(node);
              }
            });
    long living = IntStream.rangeClosed(1, count).filter(i -> !dead.contains(i)).count();
    assertThat(served).hasSize((int) living + 1);
  }

  @Property(tries = 200)
  void listsStayShort(
      @ForAll @IntRange(max = 200) int count, @ForAll @IntRange(min = 1, max = 9) int k) {
    assertThat(FanOut.sources(ORIGIN, nodes(count), k).values())
        .allSatisfy(
            sources ->
                assertThat(sources).hasSizeBetween(1, 4).doesNotHaveDuplicates().endsWith(ORIGIN));
  }

  private static List<DataPlaneAddress> nodes(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(FanOutTest::node).toList();
  }

  private static DataPlaneAddress node(int i) {
    return new DataPlaneAddress("host", i + 1);
  }
}

package dev.proxima.algorithms.exploration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.algorithms.exploration.PromptSelection.Rule;
import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptSelectionTest {

  /** Means 2, 1.5, 4, 3; best 3, 3, 4, 6; worst 1, 0, 4, 0; gaps 2, 3, 0, 6. */
  private static final List<double[]> REWARDS =
      List.of(new double[] {1, 3}, new double[] {0, 3}, new double[] {4, 4}, new double[] {0, 6});

  private static final RandomStream RANDOM = RandomStream.of(1, "selection");

  /** By hand, the lower half; where the second and third rank alike either may come. */
  @ParameterizedTest
  @CsvSource({"MEAN, 0 1", "BEST, 0 1", "WORST, 1 3", "GAP, 0 2"})
  void choosesTheLowestShare(PromptScore score, String expected) {
    int[] chosen =
        new PromptSelection(Rule.REWARD, 0.5, score, false).select(REWARDS, REWARDS, RANDOM);
    assertThat(chosen)
        .containsExactly(Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray());
  }

  /** Gains since the first responses are 0, 1.5, 1 and 2, by the mean. */
  @Test
  void withABaselineRanksByWhatAPromptHasGained() {
    List<double[]> first =
        List.of(new double[] {2}, new double[] {0}, new double[] {3}, new double[] {1});
    assertThat(
            new PromptSelection(Rule.REWARD, 0.5, PromptScore.MEAN, true)
                .select(REWARDS, first, RANDOM))
        .containsExactly(0, 2);
  }

  @Test
  void roundsUpToWholePrompts() {
    assertThat(
            new PromptSelection(Rule.REWARD, 0.26, PromptScore.MEAN, false)
                .select(REWARDS, REWARDS, RANDOM))
        .hasSize(2);
  }

  @Test
  void allMeansAll() {
    assertThat(PromptSelection.ALL.select(REWARDS, REWARDS, RANDOM)).containsExactly(0, 1, 2, 3);
  }

  /** Over many draws each of ten prompts is chosen about as often: 0.3 of 2,000, sd 20.5. */
  @Test
  void randomChoosesEveryPromptAlike() {
    List<double[]> rewards = IntStream.range(0, 10).mapToObj(i -> new double[] {i}).toList();
    PromptSelection selection = new PromptSelection(Rule.RANDOM, 0.3, PromptScore.MEAN, false);
    int[] counts = new int[10];
    for (int draw = 0; draw < 2000; draw++) {
      for (int i : selection.select(rewards, rewards, RandomStream.of(2, "draw", draw))) {
        counts[i]++;
      }
    }
    for (int count : counts) {
      assertThat(count).isBetween(600 - 90, 600 + 90);
    }
  }

  @Property
  void nobodyOutsideRanksBelowAnybodyInside(
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @DoubleRange(min = 0.01, max = 1) double ratio,
      @ForAll long seed) {
    RandomStream random = RandomStream.of(seed, "rewards");
    List<double[]> rewards =
        IntStream.range(0, n).mapToObj(i -> new double[] {random.below(5, i)}).toList();
    int[] chosen =
        new PromptSelection(Rule.REWARD, ratio, PromptScore.MEAN, false)
            .select(rewards, rewards, RandomStream.of(seed, "ties"));
    assertThat(chosen).hasSize((int) Math.ceil(ratio * n)).isSorted().doesNotHaveDuplicates();
    double highestInside =
        Arrays.stream(chosen).mapToDouble(i -> rewards.get(i)[0]).max().orElseThrow();
    IntStream.range(0, n)
        .filter(i -> Arrays.binarySearch(chosen, i) < 0)
        .forEach(i -> assertThat(rewards.get(i)[0]).isGreaterThanOrEqualTo(highestInside));
  }

  @Test
  void refusesARatioOutOfRange() {
    assertThatThrownBy(() -> new PromptSelection(Rule.REWARD, 0, PromptScore.MEAN, false))
        .hasMessage("ratio must be in (0, 1], not 0.0");
  }

  /** 2 of 3 responses generated; 5 of 12 tokens reused. */
  @Test
  void accountsForWhatWasSaved() {
    GenerationAccount account =
        GenerationAccount.NOTHING.plus(true, 3).plus(false, 5).plus(true, 4);
    assertThat(account).isEqualTo(new GenerationAccount(2, 7, 1, 5));
    assertThat(account.saved()).isEqualTo(5 / 12.0);
    assertThat(GenerationAccount.NOTHING.saved()).isZero();
  }
}

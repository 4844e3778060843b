package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WorkInHandTest {

  private static final ArtifactId ID = ArtifactId.of(new byte[] {1});
  private static final Work TRAIN = new Work.FineTune(ID);
  private static final Work SCORE = new Work.ScoreShard(ID, ID);

  private final WorkInHand works = new WorkInHand();

  @Test
  void tellsWhatEachSlotOfANodeIsAt() {
    start(TRAIN, "a:1/cpu#0");
    start(SCORE, "a:10/cpu#0");
    assertThat(works.of("a:1")).isEqualTo(Map.of("cpu#0", "fine-tune"));
    assertThat(works.of("a:10")).isEqualTo(Map.of("cpu#0", "score"));
    assertThat(works.of("b:1")).isEmpty();
  }

  @Test
  void forgetsWorkThatIsDoneOrGivenAgainAndNodesThatLeft() {
    start(TRAIN, "a:1/cpu#0");
    works.observe(new RunEvent.WorkCompleted(TRAIN, Output.of(ID), new TreeMap<>()));
    assertThat(works.of("a:1")).isEmpty();

    start(TRAIN, "a:1/cpu#0");
    works.observe(new RunEvent.WorkRetried(TRAIN, "a:1/cpu#0", "silent"));
    assertThat(works.of("a:1")).isEmpty();

    start(TRAIN, "a:1/cpu#0");
    works.observe(new RunEvent.WorkWaits(TRAIN, "a:1/cpu#0", "full"));
    assertThat(works.of("a:1")).isEmpty();

    start(TRAIN, "a:1/cpu#0");
    start(SCORE, "b:1/cpu#0");
    works.leave("a:1");
    assertThat(works.of("a:1")).isEmpty();
    assertThat(works.of("b:1")).containsOnlyKeys("cpu#0");
  }

  private void start(Work work, String slot) {
    works.observe(new RunEvent.WorkStarted(work, Set.of("apo"), 0, slot));
  }
}

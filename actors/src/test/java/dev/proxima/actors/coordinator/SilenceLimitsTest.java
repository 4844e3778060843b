package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SilenceLimitsTest {

  private static final ArtifactId ID = new ArtifactId("0".repeat(64));
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Work TRAINING = new Work.SampleShard(ID, ID, Purpose.TRAINING, 1);
  private static final Work EVALUATION = new Work.SampleShard(ID, ID, Purpose.EVALUATION, 0);
  private static final Work SCORING = new Work.ScoreShard(ID, ID);

  private final SilenceLimits limits = new SilenceLimits(LONGEST);

  @Test
  void theLongestLimitHoldsUntilSomethingWasMeasured() {
    assertThat(limits.of(TRAINING)).isEqualTo(LONGEST);
    limits.ordered("l", TRAINING, seconds(0));
    limits.heard("l", seconds(7));
    assertThat(limits.of(TRAINING)).isEqualTo(LONGEST);
    limits.completed("l", seconds(8));
    assertThat(limits.of(TRAINING)).isEqualTo(Duration.ofSeconds(3 * 7));
  }

  @Test
  void kindsOfWorkAreMeasuredApart() {
    complete(TRAINING, 20);
    complete(EVALUATION, 5);
    assertThat(limits.of(TRAINING)).isEqualTo(Duration.ofSeconds(60));
    assertThat(limits.of(EVALUATION)).isEqualTo(Duration.ofSeconds(15));
    assertThat(limits.of(SCORING)).isEqualTo(LONGEST);
  }

  /** Gaps of 2 s, 9 s and 4 s. */
  @Test
  void signsOfLifeEndASilence() {
    limits.ordered("l", TRAINING, seconds(100));
    limits.heard("l", seconds(102));
    assertThat(limits.silence("l", seconds(105))).isEqualTo(Duration.ofSeconds(3));
    limits.heard("l", seconds(111));
    limits.completed("l", seconds(115));
    assertThat(limits.of(TRAINING)).isEqualTo(Duration.ofSeconds(27));
  }

  @Test
  void aLateResultRaisesTheLimit() {
    limits.ordered("late", TRAINING, seconds(0));
    complete(TRAINING, 5);
    assertThat(limits.of(TRAINING)).isEqualTo(Duration.ofSeconds(15));
    limits.completed("late", seconds(30));
    assertThat(limits.of(TRAINING)).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void whatEndedWithoutAResultIsNotMeasured() {
    limits.ordered("l", TRAINING, seconds(0));
    limits.forget("l");
    limits.heard("l", seconds(1));
    limits.completed("l", seconds(1));
    assertThat(limits.of(TRAINING)).isEqualTo(LONGEST);
  }

  @Test
  void theLongestLimitMayBeBelowTheFloor() {
    SilenceLimits impatient = new SilenceLimits(Duration.ofSeconds(1));
    impatient.ordered("l", TRAINING, seconds(0));
    impatient.completed("l", seconds(100));
    assertThat(impatient.of(TRAINING)).isEqualTo(Duration.ofSeconds(1));
  }

  /** Against the definition, written down once more over the whole list. */
  @Property
  void theLimitIsAMultipleOfTheSlowestRecentWorkWithinItsBounds(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 200) Integer> seconds) {
    SilenceLimits fresh = new SilenceLimits(LONGEST);
    for (int each : seconds) {
      fresh.ordered("l", SCORING, seconds(50));
      fresh.completed("l", seconds(50 + each));
    }
    int slowest =
        seconds.subList(Math.max(0, seconds.size() - SilenceLimits.RECENT), seconds.size()).stream()
            .mapToInt(Integer::intValue)
            .max()
            .orElseThrow();
    assertThat(fresh.of(SCORING).toSeconds()).isEqualTo(Math.min(300, Math.max(10, 3 * slowest)));
  }

  private void complete(Work work, int seconds) {
    limits.ordered("other", work, seconds(0));
    limits.completed("other", seconds(seconds));
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}

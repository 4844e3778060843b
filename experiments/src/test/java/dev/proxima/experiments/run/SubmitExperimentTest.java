package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.experiments.UserError;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubmitExperimentTest {

  private static final ArtifactId ID = new ArtifactId("0".repeat(64));
  private static final int MOST = SubmitExperiment.MOST_SHARDS;

  @Test
  void asManyShardsAsAMessageTakesAreAccepted() {
    assertThatCode(() -> SubmitExperiment.checkFits(data(MOST, MOST))).doesNotThrowAnyException();
  }

  @Test
  void oneMoreIsRefusedInALineThatNamesTheSettings() {
    assertRefused(data(MOST + 1, 1));
    assertRefused(data(1, MOST + 1));
  }

  private static void assertRefused(RunSpec.Data data) {
    assertThatThrownBy(() -> SubmitExperiment.checkFits(data))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith((MOST + 1) + " shards are more than")
        .hasMessageContaining("sampling.shard-prompts")
        .hasMessageContaining("evaluation.shard-prompts")
        .message()
        .hasLineCount(1);
  }

  /** The second iteration has the most. */
  private static RunSpec.Data data(int inIteration, int inEvaluation) {
    return new RunSpec.Data(
        ID,
        ID,
        PairSource.SAMPLED,
        List.of(shards(1), shards(inIteration)),
        shards(inEvaluation),
        List.of());
  }

  private static List<ArtifactId> shards(int count) {
    return Collections.nCopies(count, ID);
  }
}

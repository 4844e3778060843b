package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.ParameterFiles;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.exploration.PromptScore;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.exploration.PromptSelection.Rule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterActorTest {

  @TempDir Path folder;
  private ArtifactStore store;
  private BehaviorTestKit<ParameterActor.Command> actor;
  private final TestInbox<WorkReply> replies = TestInbox.create();

  @BeforeEach
  void start() {
    store = new FolderStore(folder);
    actor = BehaviorTestKit.create(ParameterActor.create(store));
  }

  @Test
  void averagesReplicas() {
    Work.AverageReplicas work =
        new Work.AverageReplicas(
            List.of(Runs.parameters(store, 1, -2), Runs.parameters(store, 4, 0)));
    assertThat(parameters(work)).containsExactly(2.5f, -1);
  }

  /** 3 + 0.5 (3 - 1) = 4 and -1 + 0.5 (-1 - 1) = -2. */
  @Test
  void extrapolates() {
    Work.Extrapolate work =
        new Work.Extrapolate(Runs.parameters(store, 3, -1), Runs.parameters(store, 1, 1), 0.5);
    assertThat(parameters(work)).containsExactly(4, -2);
  }

  /** A moving average: 1/4 of 3 and 3/4 of 1 is 1.5; 1/4 of -1 and 3/4 of 1 is 0.5. */
  @Test
  void averagesWithTheAnchorWhereAlphaIsNegative() {
    Work.Extrapolate work =
        new Work.Extrapolate(Runs.parameters(store, 3, -1), Runs.parameters(store, 1, 1), -0.75);
    assertThat(parameters(work)).containsExactly(1.5f, 0.5f);
  }

  @Test
  void evaluatesSeveralShardsAsOne() {
    ArtifactId first = shard(2);
    ArtifactId second = shard(4);
    Output output = perform(new Work.Evaluate(List.of(first, second), List.of(first, second)));
    Map<String, Estimate> metrics =
        JsonArtifacts.read(store, output.artifact(), new TypeReference<>() {});
    assertThat(metrics)
        .containsEntry("reward_mean", new Estimate(3, 1, 2))
        .containsEntry("win_rate_vs_sft", new Estimate(0.5, 0, 2));
    assertThat(output.heldOut()).isEqualTo(3);
  }

  /** Over two shards: rewards 3 and 1, then 2; the lower half, rounded up, are prompts 8 and 9. */
  @Test
  void selectsThePromptsWithTheLowestRewards() {
    ArtifactId first = Runs.lines(store, List.of(rewarded(7, 3), rewarded(8, 1)));
    ArtifactId second = Runs.lines(store, List.of(rewarded(9, 2)));
    List<ArtifactId> shards = List.of(first, second);
    Output output =
        perform(
            new Work.SelectPrompts(
                shards,
                shards,
                new PromptSelection(Rule.REWARD, 0.5, PromptScore.MEAN, false),
                17,
                2));
    assertThat(
            JsonArtifacts.<List<Integer>>read(store, output.artifact(), new TypeReference<>() {}))
        .containsExactly(8, 9);
  }

  @Test
  void aMissingArtefactIsAnsweredAndIsNotTheActorsFault() {
    ArtifactId missing = new ArtifactId("0".repeat(64));
    Work.AverageReplicas work = new Work.AverageReplicas(List.of(missing));
    actor.run(new ParameterActor.Perform("l", work, replies.getRef()));
    WorkReply.Failed failed = (WorkReply.Failed) replies.receiveMessage();
    assertThat(failed.lease()).isEqualTo("l");
    assertThat(failed.work()).isEqualTo(work);
    assertThat(failed.permanent()).isTrue();
    assertThat(failed.reason()).contains(missing.sha256()).hasLineCount(1);
    assertThat(replies.hasMessages()).isFalse();
  }

  @Test
  void filesThatDoNotFitAreAnsweredOnceAndThrown() {
    Work.AverageReplicas work =
        new Work.AverageReplicas(List.of(Runs.parameters(store, 1), Runs.parameters(store, 1, 2)));
    assertThatThrownBy(() -> actor.run(new ParameterActor.Perform("l", work, replies.getRef())))
        .isInstanceOf(IllegalArgumentException.class);
    WorkReply.Failed failed = (WorkReply.Failed) replies.receiveMessage();
    assertThat(failed.permanent()).isFalse();
    assertThat(failed.reason()).contains("tensor 'logits' differs");
    assertThat(replies.hasMessages()).isFalse();
  }

  private ArtifactId shard(double reward) {
    Response response = new Response("", new int[] {0}, -1.0, reward, -1.0);
    PromptResponses line = Runs.prompt(1).with(List.of(response), null);
    return Runs.lines(store, List.of(line));
  }

  private static PromptResponses rewarded(int id, double reward) {
    Response response = new Response("", new int[] {0}, -1.0, reward, null);
    return Runs.prompt(id).with(List.of(response), null);
  }

  private float[] parameters(Work.OnParameters work) {
    return ParameterFiles.read(store.read(perform(work).artifact()));
  }

  private Output perform(Work.OnParameters work) {
    actor.run(new ParameterActor.Perform("l", work, replies.getRef()));
    WorkReply.Done done = (WorkReply.Done) replies.receiveMessage();
    assertThat(done.lease()).isEqualTo("l");
    assertThat(done.work()).isEqualTo(work);
    assertThat(replies.hasMessages()).isFalse();
    return done.output();
  }
}

package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.LetterTokenizer;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responses are rewarded for every b. */
class PreferenceActorTest {

  @TempDir Path folder;
  private ArtifactStore store;
  private final TestInbox<WorkReply> replies = TestInbox.create();

  @BeforeEach
  void openStore() {
    store = new FolderStore(folder);
  }

  @Test
  void pairsTheBestAgainstTheWorstForTraining() {
    List<PromptResponses> labelled =
        label(Labels.REWARD, Purpose.TRAINING, responses(1, "ab", "bb", "a"), responses(2, "b"));
    assertThat(labelled.get(0).responses())
        .extracting(Response::reward)
        .containsExactly(1.0, 2.0, 0.0);
    assertThat(labelled.get(0).preference()).isEqualTo(new Preference(1, 2));
    assertThat(labelled.get(1).preference()).isNull();
  }

  @Test
  void equalRewardsGiveNoPreference() {
    List<PromptResponses> labelled =
        label(Labels.REWARD, Purpose.TRAINING, responses(1, "ab", "ba"));
    assertThat(labelled.get(0).preference()).isNull();
  }

  @Test
  void evaluationHasRewardsOnly() {
    List<PromptResponses> labelled =
        label(Labels.REWARD, Purpose.EVALUATION, responses(1, "b", "a"));
    assertThat(labelled.get(0).responses()).extracting(Response::reward).containsExactly(1.0, 0.0);
    assertThat(labelled.get(0).preference()).isNull();
  }

  /**
   * P(b beats a) = sigmoid(1) = 0.731; over 400 prompts the standard deviation of the share is
   * 0.022, and four of them are allowed.
   */
  @Test
  void bradleyTerryLabelsAreDrawnFromTheRewards() {
    PromptResponses[] prompts =
        IntStream.range(0, 400)
            .mapToObj(i -> responses(i, "a", "b"))
            .toArray(PromptResponses[]::new);
    double wins =
        label(Labels.BRADLEY_TERRY, Purpose.TRAINING, prompts).stream()
            .filter(line -> line.preference().chosen() == 1)
            .count();
    assertThat(wins / 400).isBetween(0.64, 0.82);
  }

  @Test
  void aDrawnLabelDependsOnItsPromptNotOnItsShard() {
    List<PromptResponses> together = new ArrayList<>();
    for (int id = 0; id < 20; id++) {
      together.addAll(label(Labels.BRADLEY_TERRY, Purpose.TRAINING, responses(id, "a", "b")));
    }
    PromptResponses[] prompts =
        IntStream.range(0, 20)
            .mapToObj(i -> responses(i, "a", "b"))
            .toArray(PromptResponses[]::new);
    assertThat(label(Labels.BRADLEY_TERRY, Purpose.TRAINING, prompts))
        .usingRecursiveComparison()
        .isEqualTo(together);
  }

  /** OPTune: what was labelled in an earlier iteration is kept, whatever a label would be now. */
  @Test
  void keptResponsesKeepTheirRewardsAndPreference() {
    PromptResponses kept =
        responses(1, "b", "a")
            .with(
                responses(1, "b", "a").responses().stream().map(r -> r.withReward(5)).toList(),
                new Preference(1, 0));
    assertThat(label(Labels.REWARD, Purpose.TRAINING, kept, responses(2, "b", "a")))
        .extracting(PromptResponses::preference)
        .containsExactly(new Preference(1, 0), new Preference(0, 1));
  }

  @Test
  void aMissingArtefactIsAnsweredAndIsNotTheActorsFault() {
    ArtifactId missing = new ArtifactId("0".repeat(64));
    BehaviorTestKit<PreferenceActor.Command> actor = actor(Labels.REWARD, (prompt, text) -> 0);
    Work.LabelShard work = new Work.LabelShard(missing, Purpose.TRAINING, 1);
    actor.run(new PreferenceActor.LabelShard("l", work, replies.getRef()));
    WorkReply.Failed failed = (WorkReply.Failed) replies.receiveMessage();
    assertThat(failed.permanent()).isTrue();
    assertThat(failed.reason()).contains(missing.sha256()).hasLineCount(1);
    assertThat(replies.hasMessages()).isFalse();
  }

  @Test
  void aFailingRewardIsAnsweredOnceInOneLineAndThrown() {
    BehaviorTestKit<PreferenceActor.Command> actor =
        actor(
            Labels.REWARD,
            (prompt, text) -> {
              throw new IllegalStateException("no reward today\nnor tomorrow");
            });
    Work.LabelShard work =
        new Work.LabelShard(Runs.lines(store, List.of(responses(1, "a"))), Purpose.TRAINING, 1);
    assertThatThrownBy(() -> actor.run(new PreferenceActor.LabelShard("l", work, replies.getRef())))
        .hasMessageStartingWith("no reward today");
    WorkReply.Failed failed = (WorkReply.Failed) replies.receiveMessage();
    assertThat(failed.permanent()).isFalse();
    assertThat(failed.reason()).contains("no reward today").hasLineCount(1);
    assertThat(replies.hasMessages()).isFalse();
  }

  /**
   * A reward model pairs what is sampled for training, all of a shard in one call; evaluation stays
   * with the task. A reward is a sum over the tokens of prompt "a" and response: a is 1, b is 10.
   */
  @Test
  void aRewardModelRewardsTheResponsesThatBecomePairs() {
    EngineCalls calls = new EngineCalls();
    UnigramEngine engine = new UnigramEngine(calls);
    ArtifactId parameters = Runs.parameters(store, 0, 1, 10, 0, 0);
    LetterTokenizer letters = new LetterTokenizer();
    try (ModelRewarder model =
        new ModelRewarder(
            device -> engine.rewardModel(store.read(parameters), Runs.MODEL, device),
            (prompt, response) -> Optional.of(letters.encode(prompt + response)))) {
      Rewards rewards = new Rewards(model, Rewarder.of((prompt, response) -> -response.length()));
      BehaviorTestKit<PreferenceActor.Command> actor = actor(Labels.REWARD, rewards);
      assertThat(calls.names()).isEmpty();

      List<PromptResponses> training =
          label(actor, Purpose.TRAINING, responses(1, "ab", "bb", "a"), responses(2, "b", "aaa"));
      assertThat(training.get(0).responses())
          .extracting(Response::reward)
          .containsExactly(12.0, 21.0, 2.0);
      assertThat(training.get(0).preference()).isEqualTo(new Preference(1, 2));
      assertThat(training.get(1).responses())
          .extracting(Response::reward)
          .containsExactly(11.0, 4.0);
      assertThat(calls.names()).containsExactly("reward model", "rewards");

      assertThat(label(actor, Purpose.EVALUATION, responses(3, "ab", "a")).get(0).responses())
          .extracting(Response::reward)
          .containsExactly(-2.0, -1.0);
      label(actor, Purpose.TRAINING, responses(4, "b", "a"));
      assertThat(calls.names()).containsExactly("reward model", "rewards", "rewards");
    }
    assertThat(calls.names()).endsWith("close reward model");
  }

  private List<PromptResponses> label(Labels labels, Purpose purpose, PromptResponses... prompts) {
    return label(
        actor(labels, (prompt, response) -> response.chars().filter(c -> c == 'b').count()),
        purpose,
        prompts);
  }

  private List<PromptResponses> label(
      BehaviorTestKit<PreferenceActor.Command> actor, Purpose purpose, PromptResponses... prompts) {
    Work.LabelShard work = new Work.LabelShard(Runs.lines(store, List.of(prompts)), purpose, 1);
    actor.run(new PreferenceActor.LabelShard("l", work, replies.getRef()));
    WorkReply.Done done = (WorkReply.Done) replies.receiveMessage();
    assertThat(done.lease()).isEqualTo("l");
    assertThat(done.work()).isEqualTo(work);
    assertThat(done.output().log()).isNull();
    assertThat(replies.hasMessages()).isFalse();
    return JsonArtifacts.readLines(store, done.output().artifact(), PromptResponses.class);
  }

  private BehaviorTestKit<PreferenceActor.Command> actor(Labels labels, RewardFunction reward) {
    return actor(labels, Rewards.of(reward));
  }

  private BehaviorTestKit<PreferenceActor.Command> actor(Labels labels, Rewards rewards) {
    RunSpec spec = Runs.sampled(store);
    RunSettings with = spec.settings();
    RunSettings settings =
        new RunSettings(
            with.name(),
            with.seed(),
            with.fineTuning(),
            with.sampling(),
            labels,
            with.exploration(),
            with.training(),
            with.evaluation(),
            with.methods());
    return BehaviorTestKit.create(
        PreferenceActor.create(
            new NodeContext(
                new RunSpec(settings, spec.model(), spec.data()),
                store,
                new UnigramEngine(),
                null,
                rewards,
                0,
                null,
                new StopSignal()),
            ComputeDevice.CPU));
  }

  private static PromptResponses responses(int id, String... texts) {
    return Runs.prompt(id).with(List.of(texts).stream().map(Runs::response).toList(), null);
  }
}

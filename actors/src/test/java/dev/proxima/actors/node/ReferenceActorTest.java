package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceActorTest {

  private static final ArtifactId MISSING = new ArtifactId("0".repeat(64));

  private static ActorTestKit kit;

  @TempDir Path folder;
  private final EngineCalls calls = new EngineCalls();
  private ArtifactStore store;
  private NodeContext node;
  private TestProbe<WorkReply> replies;
  private ActorRef<ReferenceActor.Command> reference;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void spawn() {
    store = new FolderStore(folder);
    node = Runs.node(Runs.sampled(store), store, new UnigramEngine(calls));
    replies = kit.createTestProbe(WorkReply.class);
    reference =
        kit.spawn(
            ReferenceActor.create(
                node,
                new DeviceModels(node.engine(), Runs.MODEL, ComputeDevice.CPU),
                kit.spawn(ParameterCache.create(store))));
  }

  /** With logits log 4 for a and 0 for the other four tokens, p(a) = 4/8 and p(b) = 1/8. */
  @Test
  void scoresEveryResponseWhereNoneIsPreferred() {
    ArtifactId parameters = Runs.parameters(store, 0, (float) Math.log(4), 0, 0, 0);
    PromptResponses line =
        Runs.prompt(1).with(List.of(Runs.response("ab"), Runs.response("a")), null);
    List<PromptResponses> scored = score(parameters, line);
    assertThat(scored.get(0).responses().get(0).referenceLogp())
        .isCloseTo(Math.log(4 / 64.0), within(1e-6));
    assertThat(scored.get(0).responses().get(1).referenceLogp())
        .isCloseTo(Math.log(0.5), within(1e-6));
  }

  @Test
  void scoresThePairAloneWhereThereIsAPreference() {
    ArtifactId parameters = Runs.parameters(store, 0, 0, 0, 0, 0);
    PromptResponses line =
        Runs.prompt(1)
            .with(
                List.of(Runs.response("a"), Runs.response("b"), Runs.response("cc")),
                new Preference(2, 0));
    PromptResponses scored = score(parameters, line).get(0);
    assertThat(scored.preference()).isEqualTo(line.preference());
    assertThat(scored.responses().get(0).referenceLogp()).isCloseTo(-Math.log(5), within(1e-12));
    assertThat(scored.responses().get(1)).extracting(Response::referenceLogp).isNull();
    assertThat(scored.responses()).extracting(Response::referenceTokenLogps).containsOnlyNulls();
    assertThat(scored.responses().get(2).referenceLogp())
        .isCloseTo(-2 * Math.log(5), within(1e-12));
  }

  /** Half of the mass is on a, an eighth on b, as above. */
  @Test
  void keepsTheTokensOfAPairForAnObjectiveThatNeedsThem() {
    RunSpec spec =
        Runs.withObjective(Runs.sampled(store), "dpo + kto", Map.of("kto.ld-alpha", "0.5"));
    reference =
        kit.spawn(
            ReferenceActor.create(
                Runs.node(spec, store, node.engine()),
                new DeviceModels(node.engine(), Runs.MODEL, ComputeDevice.CPU),
                kit.spawn(ParameterCache.create(store))));
    ArtifactId parameters = Runs.parameters(store, 0, (float) Math.log(4), 0, 0, 0);
    PromptResponses line =
        Runs.prompt(1)
            .with(
                List.of(Runs.response("ab"), Runs.response("b"), Runs.response("b")),
                new Preference(0, 1));

    List<Response> scored = score(parameters, line).get(0).responses();

    assertThat(scored.get(0).referenceTokenLogps())
        .containsExactly(new double[] {Math.log(0.5), Math.log(0.125)}, within(1e-6));
    assertThat(scored.get(1).referenceTokenLogps())
        .containsExactly(new double[] {Math.log(0.125)}, within(1e-6));
    assertThat(scored.get(2).referenceTokenLogps()).isNull();
  }

  @Test
  void aMissingArtefactIsAPermanentFailureAndTheNextOrderIsDone() {
    ArtifactId parameters = Runs.parameters(store, 0, 0, 0, 0, 0);
    for (Work.ScoreShard work :
        List.of(new Work.ScoreShard(MISSING, MISSING), new Work.ScoreShard(parameters, MISSING))) {
      WorkReply.Failed failed = failed(work);
      assertThat(failed.permanent()).isTrue();
      assertThat(failed.reason()).contains(MISSING.sha256()).hasLineCount(1);
    }
    assertThat(score(parameters, Runs.example(1, "a"))).hasSize(1);
  }

  @Test
  void afterTheStopSignalNothingIsScored() {
    node.stop().stop();
    ArtifactId parameters = Runs.parameters(store, 0, 0, 0, 0, 0);
    ArtifactId responses = Runs.lines(store, List.of(Runs.example(1, "a")));
    WorkReply.Failed failed = failed(new Work.ScoreShard(parameters, responses));
    assertThat(failed.reason()).isEqualTo("the run was stopped");
    assertThat(failed.permanent()).isFalse();
    assertThat(calls.names()).doesNotContain("logps");
  }

  @Test
  void keepsTheTwoModelsUsedLast() {
    ArtifactId one = Runs.parameters(store, 1, 0, 0, 0, 0);
    ArtifactId two = Runs.parameters(store, 2, 0, 0, 0, 0);
    ArtifactId three = Runs.parameters(store, 3, 0, 0, 0, 0);
    for (ArtifactId parameters : List.of(one, two, one, three, one, two)) {
      score(parameters, Runs.example(1, "a"));
    }
    assertThat(calls.names())
        .containsExactly(
            "load",
            "logps", // one
            "load",
            "logps", // two
            "logps", // one
            "close model",
            "load",
            "logps", // three for two
            "logps", // one
            "close model",
            "load",
            "logps"); // two for three
  }

  private List<PromptResponses> score(ArtifactId parameters, PromptResponses... lines) {
    Work.ScoreShard work = new Work.ScoreShard(parameters, Runs.lines(store, List.of(lines)));
    reference.tell(new ReferenceActor.ScoreShard("l", work, replies.ref()));
    WorkReply.Done done = replies.expectMessageClass(WorkReply.Done.class);
    assertThat(done.lease()).isEqualTo("l");
    assertThat(done.work()).isEqualTo(work);
    return JsonArtifacts.readLines(store, done.output().artifact(), PromptResponses.class);
  }

  private WorkReply.Failed failed(Work.ScoreShard work) {
    reference.tell(new ReferenceActor.ScoreShard("l", work, replies.ref()));
    WorkReply.Failed failed = replies.expectMessageClass(WorkReply.Failed.class);
    assertThat(failed.lease()).isEqualTo("l");
    assertThat(failed.work()).isEqualTo(work);
    return failed;
  }
}

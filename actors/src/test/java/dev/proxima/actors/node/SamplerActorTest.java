package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerActorTest {

  private static final ArtifactId MISSING = new ArtifactId("0".repeat(64));

  private static ActorTestKit kit;

  @TempDir Path folder;
  private final EngineCalls calls = new EngineCalls();
  private ArtifactStore store;
  private ArtifactId parameters;
  private NodeContext node;
  private TestProbe<WorkReply> replies;
  private ActorRef<SamplerActor.Command> sampler;

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
    parameters = Runs.parameters(store, 0, 0, 0, 0, 0);
    node = Runs.node(Runs.sampled(store), store, new UnigramEngine(calls));
    replies = kit.createTestProbe(WorkReply.class);
    sampler =
        kit.spawn(
            SamplerActor.create(
                node,
                new DeviceModels(node.engine(), Runs.MODEL, ComputeDevice.CPU),
                kit.spawn(ParameterCache.create(store))));
  }

  @Test
  void samplesResponsesWithTextAndLogProbability() {
    List<PromptResponses> lines = sample(Purpose.TRAINING, 1, 10, 11);
    assertThat(lines).extracting(PromptResponses::id).containsExactly(10, 11);
    for (PromptResponses line : lines) {
      assertThat(line.responses()).hasSize(3);
      for (Response response : line.responses()) {
        assertThat(response.text()).isEqualTo(node.tokenizer().decode(response.tokens()));
        // Five tokens of equal probability.
        assertThat(response.logp())
            .isCloseTo(-response.tokens().length * Math.log(5), within(1e-12));
        assertThat(response.reward()).isNull();
        assertThat(response.referenceLogp()).isNull();
      }
    }
  }

  @Test
  void aResponseDependsOnItsPromptNotOnItsShard() {
    List<PromptResponses> together = sample(Purpose.TRAINING, 1, 10, 11);
    List<PromptResponses> apart =
        Stream.of(10, 11).flatMap(id -> sample(Purpose.TRAINING, 1, id).stream()).toList();
    assertThat(apart).usingRecursiveComparison().isEqualTo(together);
  }

  /** OPTune: only the selected prompts get new responses, with the draws of this iteration. */
  @Test
  void resamplesTheSelectedPromptsAlone() {
    ArtifactId labelled =
        Runs.lines(
            store, List.of(Runs.example(10, "a"), Runs.example(11, "b"), Runs.example(12, "c")));
    ArtifactId selected = JsonArtifacts.write(store, List.of(11));
    sampler.tell(
        new SamplerActor.ResampleShard(
            "l", new Work.ResampleShard(parameters, labelled, selected, 2), replies.ref()));
    WorkReply.Done done = replies.expectMessageClass(WorkReply.Done.class);
    List<PromptResponses> lines =
        JsonArtifacts.readLines(store, done.output().artifact(), PromptResponses.class);
    assertThat(lines).extracting(PromptResponses::id).containsExactly(10, 11, 12);
    assertThat(lines.get(0)).usingRecursiveComparison().isEqualTo(Runs.example(10, "a"));
    assertThat(lines.get(2)).usingRecursiveComparison().isEqualTo(Runs.example(12, "c"));
    assertThat(lines.get(1))
        .usingRecursiveComparison()
        .isEqualTo(sample(Purpose.TRAINING, 2, 11).get(0));
  }

  @Test
  void drawsOfIterationsAndOfEvaluationAreIndependent() {
    int[] ids = IntStream.range(0, 10).toArray();
    List<String> first = texts(sample(Purpose.TRAINING, 1, ids));
    assertThat(texts(sample(Purpose.TRAINING, 2, ids))).isNotEqualTo(first);
    List<PromptResponses> evaluation = sample(Purpose.EVALUATION, 1, ids);
    assertThat(evaluation).allSatisfy(line -> assertThat(line.responses()).hasSize(2));
    assertThat(texts(evaluation)).isNotEqualTo(first);
  }

  @Test
  void missingParametersAreAPermanentFailureAndTheNextOrderIsDone() {
    WorkReply.Failed failed = failed(new Work.SampleShard(MISSING, MISSING, Purpose.TRAINING, 1));
    assertThat(failed.permanent()).isTrue();
    assertThat(failed.reason()).contains(MISSING.sha256()).hasLineCount(1);
    assertThat(sample(Purpose.TRAINING, 1, 10)).hasSize(1);
  }

  @Test
  void damagedPromptsAreAPermanentFailureAndTheNextOrderIsDone() throws IOException {
    Path file = folder.resolve("00").resolve(MISSING.sha256());
    Files.createDirectories(file.getParent());
    Files.writeString(file, "damaged");
    WorkReply.Failed failed =
        failed(new Work.SampleShard(parameters, MISSING, Purpose.TRAINING, 1));
    assertThat(failed.permanent()).isTrue();
    assertThat(failed.reason()).contains("wrong checksum").hasLineCount(1);
    assertThat(sample(Purpose.TRAINING, 1, 10)).hasSize(1);
  }

  @Test
  void samplingEndsAtTheTokenAfterTheStopSignal() {
    calls.at("generate", node.stop()::stop);
    WorkReply.Failed failed = failed(work(Purpose.TRAINING, 1, 10));
    assertThat(failed.reason()).isEqualTo("the run was stopped");
    assertThat(failed.permanent()).isFalse();
  }

  @Test
  void afterTheStopSignalNothingIsSampled() {
    node.stop().stop();
    WorkReply.Failed failed = failed(work(Purpose.TRAINING, 1, 10));
    assertThat(failed.reason()).isEqualTo("the run was stopped");
    assertThat(failed.permanent()).isFalse();
    assertThat(calls.names()).doesNotContain("generate");
  }

  private List<PromptResponses> sample(Purpose purpose, int iteration, int... ids) {
    Work.SampleShard work = work(purpose, iteration, ids);
    sampler.tell(new SamplerActor.SampleShard("l", work, replies.ref()));
    WorkReply.Done done = replies.expectMessageClass(WorkReply.Done.class);
    assertThat(done.lease()).isEqualTo("l");
    assertThat(done.work()).isEqualTo(work);
    return JsonArtifacts.readLines(store, done.output().artifact(), PromptResponses.class);
  }

  private WorkReply.Failed failed(Work.SampleShard work) {
    sampler.tell(new SamplerActor.SampleShard("l", work, replies.ref()));
    WorkReply.Failed failed = replies.expectMessageClass(WorkReply.Failed.class);
    assertThat(failed.lease()).isEqualTo("l");
    assertThat(failed.work()).isEqualTo(work);
    return failed;
  }

  private Work.SampleShard work(Purpose purpose, int iteration, int... ids) {
    ArtifactId prompts = Runs.lines(store, IntStream.of(ids).mapToObj(Runs::prompt).toList());
    return new Work.SampleShard(parameters, prompts, purpose, iteration);
  }

  private static List<String> texts(List<PromptResponses> lines) {
    return lines.stream().flatMap(l -> l.responses().stream()).map(Response::text).toList();
  }
}

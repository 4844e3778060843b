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
import dev.proxima.actors.fixtures.ParameterFiles;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.node.PolicyActor.FineTune;
import dev.proxima.actors.node.PolicyActor.TrainReplica;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two logical replicas, batches of two, one pass over the pairs and two over fine-tuning data. */
class PolicyActorTest {

  private static final ArtifactId MISSING = new ArtifactId("0".repeat(64));
  private static final double UNIFORM = -Math.log(5);

  private static ActorTestKit kit;

  @TempDir Path folder;
  private final EngineCalls calls = new EngineCalls();
  private ArtifactStore store;
  private NodeContext node;
  private TestProbe<WorkReply> replies;
  private ActorRef<PolicyActor.Command> policy;

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
    node = Runs.node(Runs.sampled(store, 2), store, new UnigramEngine(calls));
    replies = kit.createTestProbe(WorkReply.class);
    policy = policy(node);
  }

  @Test
  void fineTunesStepByStepAndLeavesTheLog() {
    Work.FineTune work = new Work.FineTune(node.spec().data().fineTuning());
    policy.tell(new FineTune("l", work, replies.ref()));
    // Three examples in batches of two, twice.
    List<StepMetrics> steps = steps(4);
    Output output = done(work);
    assertThat(JsonArtifacts.readLines(store, output.log(), StepMetrics.class)).isEqualTo(steps);
    assertThat(steps).extracting(StepMetrics::step).containsExactly(1, 2, 3, 4);
    assertThat(steps)
        .allSatisfy(
            step -> {
              assertThat(step.steps()).isEqualTo(4);
              assertThat(step.iteration()).isZero();
              assertThat(step.values())
                  .containsOnlyKeys("loss", "tokens", "grad_norm", "learning_rate");
            });
    assertThat(steps)
        .extracting(step -> step.values().get("tokens"))
        .containsExactly(4.0, 2.0, 4.0, 2.0);
    float[] logits = ParameterFiles.read(store.read(output.artifact()));
    assertThat(logits[2]).isGreaterThan(logits[3]);
    assertThat(calls.names()).startsWith("initialise", "trainer").endsWith("save", "close trainer");
  }

  /**
   * Replica 0 of 2 takes pairs 0 and 2 of the three lines with a preference. Before its only step
   * the policy is uniform, so that chosen and rejected responses of one token have log-probability
   * -log 5; with references half of that and a third of that below, all follows by hand.
   */
  @Test
  void aReplicaTrainsOnItsShareOfThePairs() {
    ArtifactId start = Runs.parameters(store, 0, 0, 0, 0, 0);
    ArtifactId first =
        Runs.lines(
            store,
            List.of(
                scored(1, UNIFORM - 1, UNIFORM + 1),
                Runs.example(9, "c"),
                scored(2, UNIFORM, UNIFORM)));
    ArtifactId second = Runs.lines(store, List.of(scored(3, UNIFORM + 3, UNIFORM - 1)));
    Work.TrainReplica work = new Work.TrainReplica(start, List.of(first, second), 1, 0);
    policy.tell(new TrainReplica("l", work, replies.ref()));
    StepMetrics step = steps(1).get(0);
    Output output = done(work);

    assertThat(step.iteration()).isEqualTo(1);
    assertThat(step.replica()).isZero();
    // beta = 0.1: rewards 0.1 and -0.1 of pair 1, -0.3 and 0.1 of pair 3.
    assertThat(step.values().get("rewards/chosen")).isCloseTo(-0.1, within(1e-12));
    assertThat(step.values().get("rewards/rejected")).isCloseTo(0, within(1e-12));
    assertThat(step.values().get("rewards/margins")).isCloseTo(-0.1, within(1e-12));
    assertThat(step.values().get("rewards/accuracies")).isEqualTo(0.5);
    assertThat(step.values().get("logps/chosen")).isCloseTo(UNIFORM, within(1e-12));
    assertThat(step.values().get("logps/rejected")).isCloseTo(UNIFORM, within(1e-12));
    assertThat(step.values().get("tokens")).isEqualTo(4);
    double loss = (Math.log1p(Math.exp(-0.2)) + Math.log1p(Math.exp(0.4))) / 2;
    assertThat(step.values().get("loss")).isCloseTo(loss, within(1e-12));
    assertThat(JsonArtifacts.readLines(store, output.log(), StepMetrics.class))
        .containsExactly(step);
    float[] logits = ParameterFiles.read(store.read(output.artifact()));
    assertThat(logits[2]).isGreaterThan(0);
    assertThat(logits[1]).isLessThan(0);
  }

  /** As above, one pair with log-ratios 1 and -1: its rewards are beta and -beta. */
  @ParameterizedTest
  @CsvSource({"1, 0.1", "2, 0.5", "3, 0.5"})
  void everyIterationHasItsBetaAndTheLastGoesOn(int iteration, double beta) {
    node = Runs.node(Runs.withBeta(node.spec(), List.of(0.1, 0.5)), store, new UnigramEngine());
    policy = policy(node);
    ArtifactId start = Runs.parameters(store, 0, 0, 0, 0, 0);
    ArtifactId pairs = Runs.lines(store, List.of(scored(1, UNIFORM - 1, UNIFORM + 1)));
    Work.TrainReplica work = new Work.TrainReplica(start, List.of(pairs), iteration, 0);
    policy.tell(new TrainReplica("l", work, replies.ref()));
    StepMetrics step = steps(1).get(0);
    done(work);
    assertThat(step.values().get("rewards/chosen")).isCloseTo(beta, within(1e-12));
    assertThat(step.values().get("rewards/rejected")).isCloseTo(-beta, within(1e-12));
    assertThat(step.values().get("loss")).isCloseTo(Math.log1p(Math.exp(-2 * beta)), within(1e-12));
  }

  /**
   * The start is the reference: uniform over five letters, so that a descent on L_SFT of 0.1 lifts
   * the chosen letter's logit by 0.08 and lowers the others' by 0.02. At theta+ the margin of b
   * over a is 0.1 and DPO's loss log(1 + exp(-0.1 * 0.1)); the log-probabilities are those before
   * it. The gradients of the two log-probabilities are the one-hot vectors less 0.2: of norm
   * sqrt(0.8), with the product -0.2.
   */
  @Test
  void trainsWithSpoAndItsDiagnostics() {
    Spo unrolled = Spo.of(Spo.Form.UNROLLED).with(new LowerLevel.Unrolled(1, 0.1));
    NodeContext stable =
        Runs.node(Runs.withSpo(Runs.sampled(store, 1), unrolled), store, new UnigramEngine(calls));
    policy = policy(stable);
    ArtifactId pairs = Runs.lines(store, List.of(scored(1, UNIFORM, UNIFORM)));
    Work.TrainReplica work =
        new Work.TrainReplica(Runs.parameters(store, 0, 0, 0, 0, 0), List.of(pairs), 1, 0);
    policy.tell(new TrainReplica("l", work, replies.ref()));
    StepMetrics step = steps(1).get(0);
    done(work);

    assertThat(step.values().get("loss")).isCloseTo(Math.log1p(Math.exp(-0.01)), within(1e-8));
    assertThat(step.values().get("logps/chosen")).isCloseTo(UNIFORM, within(1e-12));
    assertThat(step.values().get("sft_loss")).isCloseTo(-UNIFORM, within(1e-12));
    assertThat(step.values().get("gradients/chosen_norm")).isCloseTo(Math.sqrt(0.8), within(1e-9));
    assertThat(step.values().get("gradients/rejected_norm"))
        .isCloseTo(Math.sqrt(0.8), within(1e-9));
    assertThat(step.values().get("gradients/cosine")).isCloseTo(-0.25, within(1e-9));
    assertThat(step.values()).doesNotContainKey("spo/lambda");
  }

  @Test
  void aReplicaWithoutPairsStaysWhereItStarts() {
    ArtifactId start = Runs.parameters(store, 1, 2, 3, 4, 5);
    ArtifactId pairs = Runs.lines(store, List.of(scored(1, -1, -1), Runs.example(2, "a")));
    Work.TrainReplica work = new Work.TrainReplica(start, List.of(pairs), 1, 1);
    policy.tell(new TrainReplica("l", work, replies.ref()));
    Output output = done(work);
    assertThat(output.artifact()).isEqualTo(start);
    assertThat(JsonArtifacts.readLines(store, output.log(), StepMetrics.class)).isEmpty();
  }

  /** Four steps of fine-tuning and three of a replica, which momentum ties together. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void segmentsEndInTheBytesAndTheLogOfAnUninterruptedTraining(int checkpointSteps) {
    ArtifactId pairs =
        Runs.lines(
            store,
            IntStream.range(0, 11)
                .mapToObj(i -> scored(i, UNIFORM - i, UNIFORM + 0.5 * i))
                .toList());
    ArtifactId start = Runs.parameters(store, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f);
    List<Work.Training> trainings =
        List.of(
            new Work.FineTune(node.spec().data().fineTuning()),
            new Work.TrainReplica(start, List.of(pairs), 1, 0));
    List<List<Output>> whole = trainings.stream().map(this::segments).toList();
    assertThat(whole).allSatisfy(outputs -> assertThat(outputs).hasSize(1));

    policy = policy(Runs.node(node.spec(), store, new UnigramEngine(calls), checkpointSteps));
    for (int i = 0; i < trainings.size(); i++) {
      Output expected = whole.get(i).get(0);
      List<StepMetrics> steps = JsonArtifacts.readLines(store, expected.log(), StepMetrics.class);
      List<Output> outputs = segments(trainings.get(i));
      int segments = (steps.size() + checkpointSteps - 1) / checkpointSteps;
      assertThat(outputs).hasSize(segments);
      assertThat(outputs.get(segments - 1).artifact()).isEqualTo(expected.artifact());
      assertThat(
              JsonArtifacts.readLines(
                  store, outputs.stream().map(Output::log).toList(), StepMetrics.class))
          .isEqualTo(steps);
    }
  }

  /** Three steps; the parameters are those of the start until the last has been made. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void adaptersStayApartFromTheParametersUntilTheEnd(int checkpointSteps) {
    ArtifactId pairs =
        Runs.lines(
            store,
            IntStream.range(0, 11).mapToObj(i -> scored(i, UNIFORM - i, UNIFORM + i)).toList());
    ArtifactId start = Runs.parameters(store, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f);
    Work.Training training = new Work.TrainReplica(start, List.of(pairs), 1, 0);
    RunSpec spec = Runs.withAdapters(node.spec());
    policy = policy(Runs.node(spec, store, new UnigramEngine(calls)));
    Output whole = segments(training).get(0);
    assertThat(whole.rest()).isNull();

    policy = policy(Runs.node(spec, store, new UnigramEngine(calls), checkpointSteps));
    List<Output> outputs = segments(training);
    Output last = outputs.remove(outputs.size() - 1);
    assertThat(last.artifact()).isEqualTo(whole.artifact()).isNotEqualTo(start);
    assertThat(outputs)
        .isNotEmpty()
        .allSatisfy(
            output -> {
              assertThat(output.artifact()).isEqualTo(start);
              float[] added = ParameterFiles.read(store.read(output.rest().adapters()));
              assertThat(added[2]).isGreaterThan(0);
            });
  }

  @Test
  void missingArtefactsArePermanentFailuresAndTheNextOrderIsDone() {
    ArtifactId start = Runs.parameters(store, 0, 0, 0, 0, 0);
    List<PolicyActor.Command> orders =
        List.of(
            new FineTune("l", new Work.FineTune(MISSING), replies.ref()),
            new TrainReplica("l", new Work.TrainReplica(MISSING, List.of(), 1, 0), replies.ref()),
            new TrainReplica(
                "l", new Work.TrainReplica(start, List.of(MISSING), 1, 0), replies.ref()),
            new FineTune(
                "l",
                new Work.FineTune(
                    node.spec().data().fineTuning(), start, new Continuation(MISSING, 1)),
                replies.ref()));
    for (PolicyActor.Command order : orders) {
      policy.tell(order);
      WorkReply.Failed failed = replies.expectMessageClass(WorkReply.Failed.class);
      assertThat(failed.work()).isEqualTo(((Assignment) order).work());
      assertThat(failed.permanent()).isTrue();
      assertThat(failed.reason()).contains(MISSING.sha256()).hasLineCount(1);
    }
    aReplicaWithoutPairsStaysWhereItStarts();
  }

  @Test
  void trainingEndsAtTheStepAfterTheStopSignal() {
    calls.at("fineTune", node.stop()::stop);
    Work.FineTune work = new Work.FineTune(node.spec().data().fineTuning());
    policy.tell(new FineTune("l", work, replies.ref()));
    steps(1);
    WorkReply.Failed failed = replies.expectMessageClass(WorkReply.Failed.class);
    assertThat(failed).isEqualTo(new WorkReply.Failed("l", work, "the run was stopped", false));
    assertThat(calls.names()).containsExactly("initialise", "trainer", "fineTune", "close trainer");
  }

  @Test
  void theTrainerIsClosedWhenItFails() {
    calls.failAt("fineTune");
    Work.FineTune work = new Work.FineTune(node.spec().data().fineTuning());
    policy.tell(new FineTune("l", work, replies.ref()));
    WorkReply.Failed failed = replies.expectMessageClass(WorkReply.Failed.class);
    assertThat(failed.reason()).contains("fineTune failed").hasLineCount(1);
    replies.expectTerminated(policy);
    assertThat(calls.names()).endsWith("close trainer");
  }

  private ActorRef<PolicyActor.Command> policy(NodeContext node) {
    return kit.spawn(
        PolicyActor.create(node, ComputeDevice.CPU, kit.spawn(ParameterCache.create(store))));
  }

  /** The outputs of all segments of a training. */
  private List<Output> segments(Work.Training first) {
    List<Output> outputs = new ArrayList<>();
    Work.Training segment = first;
    do {
      policy.tell(
          segment instanceof Work.FineTune fineTune
              ? new FineTune("l", fineTune, replies.ref())
              : new TrainReplica("l", (Work.TrainReplica) segment, replies.ref()));
      WorkReply reply = replies.receiveMessage();
      while (reply instanceof WorkReply.Stepped) {
        reply = replies.receiveMessage();
      }
      outputs.add(((WorkReply.Done) reply).output());
      segment = segment.after(outputs.get(outputs.size() - 1));
    } while (segment.from() != null);
    return outputs;
  }

  private List<StepMetrics> steps(int count) {
    List<StepMetrics> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      WorkReply.Stepped stepped = replies.expectMessageClass(WorkReply.Stepped.class);
      assertThat(stepped.lease()).isEqualTo("l");
      steps.add(stepped.metrics());
    }
    return steps;
  }

  private Output done(Work work) {
    WorkReply.Done done = replies.expectMessageClass(WorkReply.Done.class);
    assertThat(done.lease()).isEqualTo("l");
    assertThat(done.work()).isEqualTo(work);
    return done.output();
  }

  /** The pair b over a with these reference log-probabilities. */
  private static PromptResponses scored(int id, double chosen, double rejected) {
    PromptResponses pair = Runs.pair(id, "b", "a");
    List<Response> responses = pair.responses();
    return pair.with(
        List.of(
            responses.get(0).withReferenceLogp(chosen),
            responses.get(1).withReferenceLogp(rejected)),
        pair.preference());
  }
}

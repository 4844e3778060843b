package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.ApoCoordinator.NodeJoined;
import dev.proxima.actors.coordinator.WorkerSlot;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.node.EngineCalls.Call;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

/** A node with two devices on the dispatchers that ship. */
class NodeSupervisorTest {

  private static ActorTestKit kit;

  @TempDir Path folder;
  private final EngineCalls calls = new EngineCalls();
  private ArtifactStore store;
  private TestProbe<WorkReply> replies;
  private TestProbe<ApoCoordinator.Command> coordinator;
  private ActorRef<NodeSupervisor.Command> supervisor;
  private List<WorkerSlot> slots;
  private Map<String, Work> works;

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
    NodeContext node = Runs.node(Runs.sampled(store), store, new UnigramEngine(calls));
    replies = kit.createTestProbe(WorkReply.class);
    coordinator = kit.createTestProbe(ApoCoordinator.Command.class);
    supervisor =
        kit.spawn(
            NodeSupervisor.create(
                "node", List.of(ComputeDevice.CPU, ComputeDevice.CPU), node, coordinator.ref()));
    slots = coordinator.expectMessageClass(NodeJoined.class).slots();

    ArtifactId parameters = Runs.parameters(store, 0, 0, 0, 0, 0);
    ArtifactId prompts = Runs.lines(store, List.of(Runs.prompt(1)));
    ArtifactId responses = Runs.lines(store, List.of(Runs.example(1, "a")));
    works =
        Map.of(
            "sample", new Work.SampleShard(parameters, prompts, Purpose.TRAINING, 1),
            "score", new Work.ScoreShard(parameters, responses),
            "fine-tune", new Work.FineTune(node.spec().data().fineTuning()));
  }

  @Test
  void offersASlotForEachDeviceAndALabellerAgainAndAgain() {
    assertThat(slots)
        .extracting(WorkerSlot::name)
        .containsExactly("node/cpu#0", "node/cpu#1", "node/preferences");
    assertThat(coordinator.expectMessageClass(NodeJoined.class))
        .isEqualTo(new NodeJoined("node", slots, supervisor));
  }

  @Test
  void everyActorThatComputesHasAThreadOfItsOwn() {
    for (int round = 0; round < 2; round++) {
      for (WorkerSlot slot : slots.subList(0, 2)) {
        for (String kind : List.of("sample", "score", "fine-tune")) {
          assertThat(perform(slot, kind)).isInstanceOf(WorkReply.Done.class);
        }
      }
    }
    Map<String, Set<String>> threads =
        calls.all().stream()
            .filter(call -> Set.of("generate", "logps", "fineTune").contains(call.name()))
            .collect(
                Collectors.groupingBy(
                    Call::name, Collectors.mapping(Call::thread, Collectors.toSet())));
    // For each of the three kinds of actor two threads, one a device; no thread serves two actors.
    assertThat(threads.values()).hasSize(3).allSatisfy(used -> assertThat(used).hasSize(2));
    assertThat(threads.values().stream().flatMap(Set::stream))
        .doesNotHaveDuplicates()
        .allSatisfy(thread -> assertThat(thread).contains("proxima.device-dispatcher"));
    assertThat(calls.all())
        .allSatisfy(call -> assertThat(call.thread()).doesNotContain("default-dispatcher"));
  }

  @ParameterizedTest
  @CsvSource({
    "load, sample",
    "generate, sample",
    "load, score",
    "logps, score",
    "initialise, fine-tune",
    "trainer, fine-tune",
    "fineTune, fine-tune",
    "save, fine-tune"
  })
  void aWorkerThatThrowsAnswersAndDoesTheNextOrder(String call, String kind) {
    calls.failAt(call);
    WorkReply.Failed failed = (WorkReply.Failed) perform(slots.get(0), kind);
    assertThat(failed.work()).isEqualTo(works.get(kind));
    assertThat(failed.permanent()).isFalse();
    assertThat(failed.reason()).contains(call + " failed");
    assertThat(perform(slots.get(0), kind)).isInstanceOf(WorkReply.Done.class);
  }

  @Test
  void anOrderThatWaitsWhileItsWorkerRestartsIsDone() {
    calls.failAt("generate");
    slots.get(0).assign("first", works.get("sample"), replies.ref());
    slots.get(0).assign("second", works.get("sample"), replies.ref());
    WorkReply failed = replies.expectMessageClass(WorkReply.Failed.class);
    WorkReply done = replies.expectMessageClass(WorkReply.Done.class);
    // Both ask for the same parameters at once, so either may be the first to be done.
    assertThat(List.of(failed.lease(), done.lease())).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void modelsAreClosedWhenTheNodeStops() {
    perform(slots.get(0), "sample");
    perform(slots.get(1), "score");
    kit.stop(supervisor);
    assertThat(calls.names()).filteredOn("close model"::equals).hasSize(2);
  }

  /** The sampler and the reference of a device share one model. */
  @Test
  void aDeviceLoadsAVersionOnce() {
    perform(slots.get(0), "sample");
    perform(slots.get(0), "score");
    assertThat(calls.names()).filteredOn("load"::equals).hasSize(1);
  }

  /** The last answer to a work; training tells of its steps before. */
  private WorkReply perform(WorkerSlot slot, String kind) {
    slot.assign("l", works.get(kind), replies.ref());
    WorkReply reply = replies.receiveMessage();
    while (reply instanceof WorkReply.Stepped) {
      reply = replies.receiveMessage();
    }
    return reply;
  }
}

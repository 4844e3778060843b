package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.coordinator.CoordinatorEvent.OfLaterVersion;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.coordinator.JournalFixture.Row;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.FakeNode;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals of every version that there was, and of one to come. */
class JournalVersionTest {

  private static final LeasePolicy POLICY = new LeasePolicy(Duration.ofMinutes(1), 1);

  private static ActorTestKit kit;
  private static PersistenceTestKit journal;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
    journal = PersistenceTestKit.create(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @ParameterizedTest
  @ValueSource(ints = 1)
  void aJournalOfEveryVersionIsRead(int version) throws IOException {
    assertThat(JournalFixture.rows(version).stream().map(JournalVersionTest::read))
        .isEqualTo(JournalFixture.EVENTS);
  }

  /** The fixture is the test of a kind of work only where it has one. */
  @Test
  void everyKindOfWorkIsInTheFixture() {
    Set<Class<?>> works =
        JournalFixture.EVENTS.stream()
            .filter(WorkCompleted.class::isInstance)
            .map(event -> ((WorkCompleted) event).work().getClass())
            .collect(Collectors.toSet());
    assertThat(works).containsExactlyInAnyOrderElementsOf(leaves(Work.class));
  }

  @Test
  void presentEventsCarryThePresentVersion() {
    for (CoordinatorEvent event : JournalFixture.EVENTS) {
      assertThat(write(event).manifest())
          .isEqualTo(event.getClass().getName() + "#" + JournalVersion.CURRENT);
    }
  }

  @Test
  void aRunOfTheFirstVersionGoesOn() throws IOException {
    String run = "first version";
    List<Object> events =
        JournalFixture.rows(1).stream().<Object>map(JournalVersionTest::read).toList();
    journal.persistForRecovery("ApoCoordinator|" + run, events);
    ArtifactStore store = new FolderStore(folder);
    TestProbe<RunEvent> listener = kit.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> coordinator =
        kit.spawn(
            ApoCoordinator.create(
                run,
                "fingerprint",
                fineTunedOn(JournalFixture.PROMPTS, Runs.sampled(store)),
                store,
                POLICY,
                listener.ref(),
                JournalFixture.EPOCH,
                null));
    FakeNode node = FakeNode.silent(kit, "node");
    coordinator.tell(node.joined());

    RunEvent.RunRecovered recovered = listener.expectMessageClass(RunEvent.RunRecovered.class);
    assertThat(recovered.completed()).isEqualTo(works(events));
    assertThat(recovered.remaining()).doesNotContainKey("fine-tune");
    assertThat(node.order().work())
        .isInstanceOfSatisfying(
            Work.SampleShard.class,
            sample -> assertThat(sample.parameters()).isEqualTo(JournalFixture.THETA));
    kit.stop(coordinator);
  }

  @Test
  void anEventOfALaterVersionIsKnownAsSuch() {
    Row row = write(JournalFixture.EVENTS.get(1));
    String later = row.manifest().replaceAll("#.*", "#9");
    assertThat(read(new Row(row.serializer(), later, row.payload())))
        .isEqualTo(new OfLaterVersion(9));
  }

  @Test
  void aRunOfALaterVersionIsLeftAlone() {
    String run = "later version";
    List<Object> events = List.of(new RunStarted("f"), new OfLaterVersion(9));
    journal.persistForRecovery("ApoCoordinator|" + run, events);
    ArtifactStore store = new FolderStore(folder);
    TestProbe<RunEvent> listener = kit.createTestProbe(RunEvent.class);
    ActorRef<ApoCoordinator.Command> coordinator =
        kit.spawn(
            ApoCoordinator.create(
                run, "f", Runs.sampled(store), store, POLICY, listener.ref(), 0, null));
    listener.expectMessage(
        new RunEvent.RunFailed(
            "the run's journal has version 9 and this Proxima reads up to 1; go on with a newer one",
            true));
    listener.expectTerminated(coordinator);
    assertThat(journal.persistedInStorage("ApoCoordinator|" + run)).isEqualTo(events);
  }

  private static Row write(CoordinatorEvent event) {
    return JournalFixture.row(SerializationExtension.get(kit.system()), event);
  }

  private static CoordinatorEvent read(Row row) {
    return (CoordinatorEvent)
        SerializationExtension.get(kit.system())
            .deserialize(row.payload(), row.serializer(), row.manifest())
            .get();
  }

  private static int works(List<?> events) {
    return (int) events.stream().filter(WorkCompleted.class::isInstance).count();
  }

  private static RunSpec fineTunedOn(ArtifactId prompts, RunSpec spec) {
    RunSpec.Data data = spec.data();
    return new RunSpec(
        spec.settings(),
        spec.model(),
        new RunSpec.Data(
            data.tokenizer(),
            prompts,
            data.source(),
            data.iterations(),
            data.evaluation(),
            data.answered()));
  }

  private static List<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses())
            .flatMap(each -> leaves(each).stream())
            .toList()
        : List.of(type);
  }
}

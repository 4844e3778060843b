package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.Leases.Lease;
import dev.proxima.actors.node.PolicyActor;
import dev.proxima.actors.node.ReferenceActor;
import dev.proxima.actors.node.SamplerActor;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class LeasesTest {

  private static final ArtifactId ID = new ArtifactId("0".repeat(64));

  private final Leases leases = new Leases();
  private final WorkerSlot first = device("first");
  private final WorkerSlot second = device("second");

  @Test
  void aSlotDoesOneWorkAtATime() {
    leases.join("node", List.of(first));
    assertThat(leases.grant(sample(1))).map(Lease::slot).contains(first);
    assertThat(leases.grant(sample(2))).isEmpty();
  }

  @Test
  void freeSlotsAreGivenInTheOrderTheyJoined() {
    leases.join("node", List.of(first));
    leases.join("other", List.of(second));
    assertThat(leases.grant(sample(1)).orElseThrow().slot()).isEqualTo(first);
    assertThat(leases.grant(sample(2)).orElseThrow().slot()).isEqualTo(second);
  }

  @Test
  void workGoesOnlyToASlotThatCanDoIt() {
    leases.join("node", List.of(first));
    assertThat(leases.grant(new Work.LabelShard(ID, Purpose.TRAINING, 1))).isEmpty();
    assertThat(leases.grant(new Work.AverageReplicas(List.of(ID)))).isEmpty();
    assertThat(leases.grant(new Work.FineTune(ID))).isPresent();
  }

  @Test
  void releaseFreesWorkAndSlot() {
    leases.join("node", List.of(first));
    Lease lease = leases.grant(sample(1)).orElseThrow();
    leases.release(lease.id());
    assertThat(leases.isLeased(sample(1))).isFalse();
    assertThat(leases.live(lease.id())).isEmpty();
    assertThat(leases.grant(sample(2))).isPresent();
  }

  @Test
  void expiryFreesTheWorkButNotTheSilentSlot() {
    leases.join("node", List.of(first, second));
    Lease silent = leases.grant(sample(1)).orElseThrow();
    assertThat(leases.expire(silent.id())).contains(silent);
    assertThat(leases.isLeased(sample(1))).isFalse();
    assertThat(leases.grant(sample(1)).orElseThrow().slot()).isEqualTo(second);
    assertThat(leases.grant(sample(2))).isEmpty();
    leases.release(silent.id());
    assertThat(leases.grant(sample(2)).orElseThrow().slot()).isEqualTo(first);
  }

  @Test
  void lateAnswerOfAnExpiredLeaseLeavesTheNewLeaseAlone() {
    leases.join("node", List.of(first, second));
    Lease silent = leases.grant(sample(1)).orElseThrow();
    leases.expire(silent.id());
    Lease again = leases.grant(sample(1)).orElseThrow();
    leases.release(silent.id());
    assertThat(leases.live(again.id())).contains(again);
    assertThat(leases.isLeased(sample(1))).isTrue();
  }

  @Test
  void aLeaseExpiresOnce() {
    leases.join("node", List.of(first));
    Lease lease = leases.grant(sample(1)).orElseThrow();
    leases.expire(lease.id());
    assertThat(leases.expire(lease.id())).isEmpty();
  }

  @Test
  void aBusySlotIsResponsiveAndASilentOneIsNot() {
    assertThat(leases.hasResponsiveSlot(sample(1))).isFalse();
    leases.join("node", List.of(first));
    assertThat(leases.hasResponsiveSlot(sample(1))).isTrue();
    Lease lease = leases.grant(sample(1)).orElseThrow();
    assertThat(leases.hasResponsiveSlot(sample(1))).isTrue();
    leases.expire(lease.id());
    assertThat(leases.hasResponsiveSlot(sample(1))).isFalse();
    leases.release(lease.id());
    assertThat(leases.hasResponsiveSlot(sample(1))).isTrue();
  }

  @Test
  void leavingFreesTheNodesWorkAndForgetsItsSlots() {
    leases.join("node", List.of(first));
    leases.join("other", List.of(second));
    leases.grant(sample(1));
    leases.leave("node");
    assertThat(leases.isLeased(sample(1))).isFalse();
    assertThat(leases.grant(sample(1)).orElseThrow().slot()).isEqualTo(second);
    assertThat(leases.grant(sample(2))).isEmpty();
    leases.leave("nobody");
  }

  @Test
  void joiningAgainChangesNothing() {
    leases.join("node", List.of(first));
    leases.grant(sample(1));
    leases.join("node", List.of(first));
    assertThat(leases.isLeased(sample(1))).isTrue();
    assertThat(leases.grant(sample(2))).isEmpty();
  }

  @Test
  void leasesOfTwoIncarnationsDiffer() {
    leases.join("node", List.of(first));
    Leases next = new Leases();
    next.join("node", List.of(first));
    assertThat(leases.grant(sample(1)).orElseThrow().id())
        .isNotEqualTo(next.grant(sample(1)).orElseThrow().id());
  }

  @Test
  void aGangTakesTheFreeDevicesOfTheNodeThatHasMost() {
    WorkerSlot third = device("third");
    leases.join("small", List.of(device("alone")));
    leases.join("big", List.of(first, second, third));
    WorkerSlot alone = leases.grant(sample(1)).orElseThrow().slot();
    leases.release(leases.grant(sample(2)).orElseThrow().id());
    Lease gang = leases.grant(together(2)).orElseThrow();
    assertThat(gang.slot().members()).isEqualTo(List.of(first, second));
    // The last device trains by itself.
    assertThat(leases.grant(together(5)).orElseThrow().slot()).isEqualTo(third);
    assertThat(leases.grant(sample(3))).isEmpty();
    assertThat(alone.name()).isEqualTo("alone");

    leases.release(gang.id());
    assertThat(leases.grant(sample(3)).orElseThrow().slot()).isEqualTo(first);
    assertThat(leases.grant(sample(4)).orElseThrow().slot()).isEqualTo(second);
  }

  @Test
  void aGangThatIsSilentOrGoneIsSoWithAllItsMembers() {
    leases.join("node", List.of(first, second));
    Lease silent = leases.grant(together(2)).orElseThrow();
    leases.expire(silent.id());
    assertThat(leases.isLeased(together(2))).isFalse();
    assertThat(leases.hasResponsiveSlot(together(2))).isFalse();
    assertThat(leases.grant(sample(1))).isEmpty();
    leases.release(silent.id());
    assertThat(leases.grant(together(2)).orElseThrow().slot().members()).hasSize(2);

    leases.leave("node");
    assertThat(leases.isLeased(together(2))).isFalse();
  }

  @Test
  void theFirstMemberOfAGangIsToldOfAllTheirDevices() {
    TestInbox<PolicyActor.Command> lead = TestInbox.create();
    TestInbox<PolicyActor.Command> other = TestInbox.create();
    TestInbox<WorkReply> replies = TestInbox.create();
    ComputeDevice gpu = new ComputeDevice("cuda", 1);
    new WorkerSlot.Gang(List.of(device("a", ComputeDevice.CPU, lead), device("b", gpu, other)))
        .assign("l", together(4), replies.getRef());
    lead.expectMessage(
        new PolicyActor.TrainReplicas(
            "l", together(4), List.of(ComputeDevice.CPU, gpu), replies.getRef()));
    assertThat(other.hasMessages()).isFalse();
  }

  private static Work.TrainReplicas together(int replicas) {
    return new Work.TrainReplicas(ID, List.of(ID), 1, replicas);
  }

  private static Work sample(int iteration) {
    return new Work.SampleShard(ID, ID, Purpose.TRAINING, iteration);
  }

  private static WorkerSlot.Device device(String name) {
    return device(name, ComputeDevice.CPU, TestInbox.create());
  }

  private static WorkerSlot.Device device(
      String name, ComputeDevice device, TestInbox<PolicyActor.Command> policy) {
    return new WorkerSlot.Device(
        name,
        device,
        TestInbox.<SamplerActor.Command>create().getRef(),
        TestInbox.<ReferenceActor.Command>create().getRef(),
        policy.getRef());
  }
}

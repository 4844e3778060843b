package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.Leases.Lease;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.RingSeat;
import dev.proxima.actors.node.PolicyActor;
import dev.proxima.actors.node.ReferenceActor;
import dev.proxima.actors.node.SamplerActor;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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
    Lease lost = leases.grant(sample(1)).orElseThrow();
    assertThat(leases.leave("node")).containsExactly(lost);
    assertThat(leases.isLeased(sample(1))).isFalse();
    assertThat(leases.grant(sample(1)).orElseThrow().slot()).isEqualTo(second);
    assertThat(leases.grant(sample(2))).isEmpty();
    assertThat(leases.leave("nobody")).isEmpty();
    leases.release(lost.id());
    assertThat(leases.grant(sample(2))).isEmpty();
  }

  @Test
  void joiningAgainChangesNothing() {
    assertThat(leases.join("node", List.of(first))).isTrue();
    leases.grant(sample(1));
    assertThat(leases.join("node", List.of(first))).isFalse();
    assertThat(leases.isLeased(sample(1))).isTrue();
    assertThat(leases.grant(sample(2))).isEmpty();
  }

  @Test
  void overdueWorkMayBeGivenToAnotherAsWell() {
    leases.join("node", List.of(first, second));
    Lease slow = leases.grant(sample(1)).orElseThrow();
    assertThat(leases.overdue(slow)).isTrue();
    assertThat(leases.overdue(slow)).isFalse();
    assertThat(leases.isLeased(sample(1))).isFalse();
    assertThat(leases.isOverdue(sample(1))).isTrue();
    assertThat(leases.live(slow.id())).contains(slow);

    Lease other = leases.grant(sample(1)).orElseThrow();
    assertThat(other.slot()).isEqualTo(second);
    assertThat(leases.holder(sample(1))).contains(other);
    assertThat(leases.isOverdue(sample(1))).isFalse();
    leases.release(slow.id());
    assertThat(leases.isLeased(sample(1))).isTrue();
    leases.release(other.id());
    assertThat(leases.isLeased(sample(1))).isFalse();
  }

  @Test
  void aSignOfLifeEndsThatALeaseIsOverdue() {
    leases.join("node", List.of(first));
    Lease slow = leases.grant(sample(1)).orElseThrow();
    leases.overdue(slow);
    leases.renew(slow);
    assertThat(leases.isLeased(sample(1))).isTrue();
    assertThat(leases.isOverdue(sample(1))).isFalse();
  }

  /**
   * Whatever happens, in whatever order: a slot has at most one work that it has not answered, and
   * is free exactly when it has none, and a gang is as big as can be; kept by hand beside the
   * table.
   */
  @Property
  void aSlotIsFreeExactlyWhenItOwesNoAnswer(
      @ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> happenings) {
    Leases table = new Leases();
    Map<String, List<WorkerSlot>> nodes =
        Map.of("a", List.of(device("1"), device("2")), "b", List.of(device("3")));
    Set<WorkerSlot> free = new HashSet<>();
    Map<String, Lease> owed = new LinkedHashMap<>();
    int works = 0;
    for (int happening : happenings) {
      String node = works % 2 == 0 ? "a" : "b";
      Optional<Lease> oldest = owed.values().stream().findFirst();
      if (happening == 0 && table.join(node, nodes.get(node))) {
        free.addAll(nodes.get(node));
      } else if (happening == 1) {
        table.leave(node);
        free.removeAll(nodes.get(node));
        owed.values()
            .removeIf(lease -> lease.slot().members().stream().anyMatch(nodes.get(node)::contains));
      } else if (happening == 2) {
        oldest.ifPresent(lease -> table.expire(lease.id()));
      } else if (happening == 3) {
        oldest.filter(lease -> table.live(lease.id()).isPresent()).ifPresent(table::overdue);
      } else if (happening == 4) {
        oldest.ifPresent(
            lease -> {
              table.release(lease.id());
              owed.remove(lease.id());
              free.addAll(lease.slot().members());
            });
      }
      assertThat(table.hasFree(WorkerSlot.Kind.DEVICE)).isEqualTo(!free.isEmpty());
      boolean gang = works % 3 == 2;
      long most =
          nodes.values().stream()
              .mapToLong(slots -> slots.stream().filter(free::contains).count())
              .max()
              .orElseThrow();
      Optional<Lease> granted =
          table.grant(gang ? new Work.TrainReplicas(ID, List.of(ID), works, 2) : sample(works));
      works++;
      assertThat(granted.map(lease -> lease.slot().members().size()).orElse(0))
          .isEqualTo((int) Math.min(gang ? 2 : 1, most));
      granted.ifPresent(
          lease -> {
            assertThat(free).containsAll(lease.slot().members());
            lease.slot().members().forEach(free::remove);
            owed.put(lease.id(), lease);
          });
    }
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
            "l", together(4), List.of(ComputeDevice.CPU, gpu), null, replies.getRef()));
    assertThat(other.hasMessages()).isFalse();
  }

  @Test
  void whereNoNodeHasEnoughDevicesThoseWithMostTrainInARing() {
    WorkerSlot.Device lone = onNode(1, "lone");
    WorkerSlot.Device one = onNode(2, "one");
    WorkerSlot.Device two = onNode(2, "two");
    leases.join("small", List.of(lone));
    leases.join("unreachable", List.of(device("far")));
    leases.join("big", List.of(one, two));
    assertThat(leases.grant(together(2)).orElseThrow().slot())
        .isEqualTo(new WorkerSlot.Gang(List.of(one, two)));
    leases.leave("big");
    leases.join("big", List.of(one, two));

    Lease ring = leases.grant(together(5)).orElseThrow();
    assertThat(ring.slot())
        .isEqualTo(
            new WorkerSlot.Ring(
                List.of(
                    new WorkerSlot.Gang(List.of(one, two)), new WorkerSlot.Gang(List.of(lone)))));
    assertThat(ring.slot().name()).isEqualTo("one and 2 more");
    assertThat(leases.grant(sample(1)).orElseThrow().slot().name()).isEqualTo("far");
    assertThat(leases.grant(sample(2))).isEmpty();

    // Each gang is free when it has answered itself.
    List<Lease> gangs = leases.ring(ring.id());
    assertThat(gangs).hasSize(2);
    Lease helper = gangs.stream().filter(gang -> !gang.equals(ring)).findFirst().orElseThrow();
    leases.release(ring.id());
    assertThat(leases.isLeased(together(5))).isFalse();
    assertThat(leases.hasFree(WorkerSlot.Kind.DEVICE)).isTrue();
    assertThat(leases.grant(together(2)).orElseThrow().slot().members())
        .isEqualTo(List.of(one, two));
    assertThat(leases.grant(sample(2))).isEmpty();
    leases.release(helper.id());
    assertThat(leases.grant(sample(2)).orElseThrow().slot()).isEqualTo(lone);
  }

  @Test
  void devicesOfDifferentKindsDoNotTrainInARing() {
    WorkerSlot.Device cpu = onNode(1, "cpu");
    WorkerSlot.Device gpu =
        device("gpu", new ComputeDevice("cuda", 0), cpu.dataPlane(), TestInbox.create());
    leases.join("a", List.of(cpu));
    leases.join("b", List.of(gpu));
    assertThat(leases.grant(together(2)).orElseThrow().slot()).isEqualTo(cpu);
    assertThat(leases.grant(sample(1)).orElseThrow().slot()).isEqualTo(gpu);
  }

  @Test
  void aRingBreaksWithTheNodeOfAnyGangAndTheWorkStaysOnOneNodeThen() {
    WorkerSlot.Device one = onNode(1, "one");
    WorkerSlot.Device two = onNode(2, "two");
    leases.join("a", List.of(one));
    leases.join("b", List.of(two));
    Lease ring = leases.grant(together(2)).orElseThrow();
    List<Lease> lost = leases.leave("b");
    assertThat(lost).extracting(Lease::ring).containsExactly(Optional.of(ring.id()));
    assertThat(leases.ring(ring.id())).containsExactly(ring);
    leases.keepTogether(ring.work());
    leases.release(ring.id());
    leases.join("b", List.of(two));
    assertThat(leases.grant(together(2)).orElseThrow().slot()).isEqualTo(one);
  }

  @Test
  void everyGangOfARingIsToldItsSeat() {
    TestInbox<PolicyActor.Command> first = TestInbox.create();
    TestInbox<PolicyActor.Command> second = TestInbox.create();
    TestInbox<WorkReply> replies = TestInbox.create();
    WorkerSlot.Device one = onNode(1, "one", first);
    WorkerSlot.Device two = onNode(2, "two", second);
    new WorkerSlot.Ring(
            List.of(new WorkerSlot.Gang(List.of(one, one)), new WorkerSlot.Gang(List.of(two))))
        .assign("l", together(3), replies.getRef());
    first.expectMessage(
        new PolicyActor.TrainReplicas(
            "l",
            together(3),
            List.of(ComputeDevice.CPU, ComputeDevice.CPU),
            new RingSeat("l", 0, List.of(2, 1), two.dataPlane()),
            replies.getRef()));
    second.expectMessage(
        new PolicyActor.TrainReplicas(
            "l/1",
            together(3),
            List.of(ComputeDevice.CPU),
            new RingSeat("l", 1, List.of(2, 1), one.dataPlane()),
            replies.getRef()));
  }

  private static WorkerSlot.Device onNode(int node, String name) {
    return onNode(node, name, TestInbox.create());
  }

  private static WorkerSlot.Device onNode(
      int node, String name, TestInbox<PolicyActor.Command> policy) {
    return device(name, ComputeDevice.CPU, new DataPlaneAddress("10.0.0." + node, 25521), policy);
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
    return device(name, device, null, policy);
  }

  private static WorkerSlot.Device device(
      String name,
      ComputeDevice device,
      DataPlaneAddress dataPlane,
      TestInbox<PolicyActor.Command> policy) {
    return new WorkerSlot.Device(
        name,
        device,
        dataPlane,
        TestInbox.<SamplerActor.Command>create().getRef(),
        TestInbox.<ReferenceActor.Command>create().getRef(),
        policy.getRef());
  }
}

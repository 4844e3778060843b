package dev.proxima.actors.coordinator;

import dev.proxima.actors.coordinator.WorkerSlot.Device;
import dev.proxima.actors.coordinator.WorkerSlot.Gang;
import dev.proxima.actors.coordinator.WorkerSlot.Ring;
import dev.proxima.actors.work.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who is doing what. A slot does one work at a time, and a work is leased to one slot, or to
 * several devices of a node as a gang, or to gangs of several nodes as a ring, at a time; when that
 * one is overdue the work may be leased to another slot as well, and the latest holds it. When a
 * lease expires the silent slot stays occupied until it answers. Not journalled: a new coordinator
 * starts with an empty table and the nodes join again.
 */
final class Leases {

  /**
   * A work given to a slot.
   *
   * @param ring the lease of the first gang, where the slot is in a ring
   */
  record Lease(String id, Work work, WorkerSlot slot, Optional<String> ring) {}

  private final String incarnation = UUID.randomUUID().toString();
  private final Map<String, List<WorkerSlot>> slots = new LinkedHashMap<>();
  private final Map<WorkerSlot.Kind, Set<WorkerSlot>> free = new EnumMap<>(WorkerSlot.Kind.class);
  private final Map<String, Lease> unanswered = new HashMap<>();
  private final Map<String, Lease> live = new HashMap<>();
  private final Map<Work, Lease> holders = new HashMap<>();
  private final Set<String> overdue = new HashSet<>();
  private final Set<Work> deserted = new HashSet<>();
  private long granted;

  Leases() {
    for (WorkerSlot.Kind kind : WorkerSlot.Kind.values()) {
      free.put(kind, new LinkedHashSet<>());
    }
  }

  /**
   * Makes a node's slots known; its former ones, if it had others, must have left.
   *
   * @return whether they are new; joining again with the same slots changes nothing
   */
  boolean join(String node, List<WorkerSlot> joined) {
    if (slots.putIfAbsent(node, List.copyOf(joined)) != null) {
      return false;
    }
    joined.forEach(this::free);
    return true;
  }

  /** What a node offers; nothing where it is not known. */
  List<WorkerSlot> slots(String node) {
    return slots.getOrDefault(node, List.of());
  }

  /**
   * Forgets a node; what was leased to it is free again.
   *
   * @return the leases that its slots will not answer
   */
  List<Lease> leave(String node) {
    List<WorkerSlot> gone = Optional.ofNullable(slots.remove(node)).orElse(List.of());
    gone.forEach(slot -> free.get(slot.kind()).remove(slot));
    List<Lease> lost =
        unanswered.values().stream()
            .filter(lease -> lease.slot().members().stream().anyMatch(gone::contains))
            .toList();
    for (Lease lease : lost) {
      unanswered.remove(lease.id());
      expire(lease.id());
    }
    return lost;
  }

  /** Whether a slot has the work and is not overdue. */
  boolean isLeased(Work work) {
    return holder(work).filter(lease -> !overdue.contains(lease.id())).isPresent();
  }

  /** Whether the slot that has the work is overdue. */
  boolean isOverdue(Work work) {
    return holder(work).isPresent() && !isLeased(work);
  }

  /** The latest lease of the work that has not expired. */
  Optional<Lease> holder(Work work) {
    return Optional.ofNullable(holders.get(work));
  }

  /** Whether a slot of this kind has nothing to do. */
  boolean hasFree(WorkerSlot.Kind kind) {
    return !free.get(kind).isEmpty();
  }

  /**
   * Leases {@code work} to the slot that has been free for longest, where there is one; to a gang
   * where the work can use several devices and a node has them free, and to a ring where only
   * several nodes have them.
   */
  Optional<Lease> grant(Work work) {
    return choose(work).map(slot -> grant(incarnation + "/" + granted++, work, slot));
  }

  private Lease grant(String id, Work work, WorkerSlot slot) {
    if (!(slot instanceof Ring ring)) {
      return hold(new Lease(id, work, slot, Optional.empty()));
    }
    for (int rank = 1; rank < ring.gangs().size(); rank++) {
      occupy(new Lease(Ring.lease(id, rank), work, ring.gangs().get(rank), Optional.of(id)));
    }
    return hold(new Lease(id, work, ring, Optional.of(id)));
  }

  private Lease hold(Lease lease) {
    live.put(lease.id(), lease);
    holders.put(lease.work(), lease);
    occupy(lease);
    return lease;
  }

  private void occupy(Lease lease) {
    lease.slot().members().forEach(free.get(lease.slot().kind())::remove);
    unanswered.put(lease.id(), lease);
  }

  private Optional<WorkerSlot> choose(Work work) {
    return work instanceof Work.OnDevice onDevice && onDevice.devices() > 1
        ? together(onDevice)
        : free.get(WorkerSlot.Kind.of(work)).stream().findFirst();
  }

  /** As many devices as the work can use, of the nodes that have most of them free. */
  private Optional<WorkerSlot> together(Work.OnDevice work) {
    List<Gang> gangs = new ArrayList<>();
    int wanted = work.devices();
    for (List<Device> node : freeDevices()) {
      boolean joins = gangs.isEmpty() || !deserted.contains(work) && fit(gangs, node);
      if (wanted > 0 && joins) {
        gangs.add(new Gang(node.subList(0, Math.min(wanted, node.size()))));
        wanted -= node.size();
      }
    }
    if (gangs.size() > 1) {
      return Optional.of(new Ring(gangs));
    }
    return gangs.stream()
        .findFirst()
        .map(gang -> gang.members().size() > 1 ? gang : gang.members().get(0));
  }

  /** Whether a node's devices can be reached, and round as those of the others do. */
  private static boolean fit(List<Gang> gangs, List<Device> node) {
    Device first = gangs.get(0).members().get(0);
    Device other = node.get(0);
    return first.dataPlane() != null
        && other.dataPlane() != null
        && first.device().type().equals(other.device().type());
  }

  /** The free devices of each node that has some, from the node with most of them. */
  private List<List<Device>> freeDevices() {
    Set<WorkerSlot> devices = free.get(WorkerSlot.Kind.DEVICE);
    return slots.values().stream()
        .map(node -> node.stream().filter(devices::contains).map(Device.class::cast).toList())
        .filter(node -> !node.isEmpty())
        .sorted(Comparator.comparing((List<Device> node) -> node.size()).reversed())
        .toList();
  }

  /** From now on the work is leased to one node: others have left it in the middle. */
  void keepTogether(Work work) {
    deserted.add(work);
  }

  /** The leases of a ring's gangs that have not answered. */
  List<Lease> ring(String ring) {
    return unanswered.values().stream()
        .filter(lease -> lease.ring().equals(Optional.of(ring)))
        .toList();
  }

  Optional<Lease> live(String id) {
    return Optional.ofNullable(live.get(id));
  }

  /**
   * The slot has been silent for longer than expected: the work may be given to another too.
   *
   * @return whether that is news
   */
  boolean overdue(Lease lease) {
    return overdue.add(lease.id());
  }

  /** The slot has given a sign of life. */
  void renew(Lease lease) {
    overdue.remove(lease.id());
  }

  /**
   * The slot has answered: it is free, and so is the work if the lease had not expired.
   *
   * @return the lease, where its slot had not answered before and is still there
   */
  Optional<Lease> release(String id) {
    expire(id);
    Optional<Lease> answered = Optional.ofNullable(unanswered.remove(id));
    answered.ifPresent(lease -> lease.slot().members().forEach(this::free));
    return answered;
  }

  /** The lease, expired or not, where its slot has not answered and is still there. */
  Optional<Lease> unanswered(String id) {
    return Optional.ofNullable(unanswered.get(id));
  }

  /** The slot has been silent too long: the work is free, the slot stays occupied. */
  Optional<Lease> expire(String id) {
    overdue.remove(id);
    Optional<Lease> expired = Optional.ofNullable(live.remove(id));
    expired.ifPresent(lease -> holders.remove(lease.work(), lease));
    return expired;
  }

  /** The leases that have not expired. */
  List<Lease> live() {
    return List.copyOf(live.values());
  }

  /** Whether some slot that can do {@code work} is free or at work under a live lease. */
  boolean hasResponsiveSlot(Work work) {
    WorkerSlot.Kind kind = WorkerSlot.Kind.of(work);
    return hasFree(kind)
        || live.values().stream().anyMatch(lease -> lease.slot().kind().equals(kind));
  }

  private void free(WorkerSlot slot) {
    free.get(slot.kind()).add(slot);
  }
}

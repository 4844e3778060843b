package dev.proxima.actors.coordinator;

import dev.proxima.actors.coordinator.WorkerSlot.Device;
import dev.proxima.actors.coordinator.WorkerSlot.Gang;
import dev.proxima.actors.work.Work;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who is doing what. A slot does one work at a time and a work is leased to one slot, or to several
 * devices of a node as a gang, at a time; when a lease expires the work may be given to another
 * slot, while the silent one stays occupied until it answers. Not journalled: a new coordinator
 * starts with an empty table and the nodes join again.
 */
final class Leases {

  /** A work given to a slot. */
  record Lease(String id, Work work, WorkerSlot slot) {}

  private final String incarnation = UUID.randomUUID().toString();
  private final Map<String, List<WorkerSlot>> slots = new LinkedHashMap<>();
  private final Map<WorkerSlot, Lease> occupied = new HashMap<>();
  private final Map<String, Lease> live = new HashMap<>();
  private long granted;

  /** Makes a node's slots known; joining again with the same slots changes nothing. */
  void join(String node, List<WorkerSlot> joined) {
    slots.put(node, List.copyOf(joined));
  }

  /** Forgets a node; what was leased to it is free again. */
  void leave(String node) {
    List<WorkerSlot> gone = slots.remove(node);
    if (gone != null) {
      occupied.keySet().removeAll(gone);
      live.values().removeIf(lease -> lease.slot().members().stream().anyMatch(gone::contains));
    }
  }

  boolean isLeased(Work work) {
    return live.values().stream().anyMatch(lease -> lease.work().equals(work));
  }

  /**
   * Leases {@code work} to a free slot that can do it, where there is one; to a gang where the work
   * can use several devices and a node has them free.
   */
  Optional<Lease> grant(Work work) {
    Optional<Lease> lease =
        free(work).map(slot -> new Lease(incarnation + "/" + granted++, work, slot));
    lease.ifPresent(
        l -> {
          l.slot().members().forEach(member -> occupied.put(member, l));
          live.put(l.id(), l);
        });
    return lease;
  }

  private Optional<WorkerSlot> free(Work work) {
    int wanted = work instanceof Work.OnDevice onDevice ? onDevice.devices() : 1;
    List<WorkerSlot> most = List.of();
    for (List<WorkerSlot> node : slots.values()) {
      List<WorkerSlot> free =
          node.stream()
              .filter(slot -> slot.canDo(work) && !occupied.containsKey(slot))
              .limit(wanted)
              .toList();
      most = free.size() > most.size() ? free : most;
    }
    return most.size() > 1
        ? Optional.of(new Gang(most.stream().map(Device.class::cast).toList()))
        : most.stream().findFirst();
  }

  Optional<Lease> live(String id) {
    return Optional.ofNullable(live.get(id));
  }

  /** The slot has answered: it is free, and so is the work if the lease had not expired. */
  void release(String id) {
    live.remove(id);
    occupied.values().removeIf(lease -> lease.id().equals(id));
  }

  /** The slot has been silent too long: the work is free, the slot stays occupied. */
  Optional<Lease> expire(String id) {
    return Optional.ofNullable(live.remove(id));
  }

  /** Whether some slot that can do {@code work} is free or at work under a live lease. */
  boolean hasResponsiveSlot(Work work) {
    return slots.values().stream()
        .flatMap(List::stream)
        .filter(slot -> slot.canDo(work))
        .anyMatch(slot -> !occupied.containsKey(slot) || live.containsKey(occupied.get(slot).id()));
  }

  boolean isEmpty() {
    return live.isEmpty();
  }
}

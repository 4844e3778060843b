package dev.proxima.actors.coordinator;

import dev.proxima.actors.coordinator.Leases.Lease;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The slots that found no room on a disk. Each rests before it is given work again: a shard takes
 * long to compute, and then there may be no room for it still. Not journalled.
 */
final class RoomShortage {

  static final Duration REST = Duration.ofSeconds(15);

  private final Map<String, Duration> resting = new HashMap<>();
  private final Set<String> slots = new HashSet<>();

  /** A slot found no room and rests from now on. */
  void begin(Lease lease, Duration now) {
    resting.put(lease.id(), now.plus(REST));
    lease.slot().members().forEach(slot -> slots.add(slot.name()));
  }

  /** The leases whose slots have rested enough, once. */
  List<String> rested(Duration now) {
    List<String> rested =
        resting.entrySet().stream()
            .filter(rest -> rest.getValue().compareTo(now) <= 0)
            .map(Map.Entry::getKey)
            .toList();
    rested.forEach(resting::remove);
    return rested;
  }

  /** Whether some slot found no room and none since. */
  boolean lasts() {
    return !slots.isEmpty();
  }

  /**
   * A slot has found room, or is gone.
   *
   * @return whether it was the last of those that had none
   */
  boolean end(WorkerSlot slot) {
    boolean hadNone = false;
    for (WorkerSlot member : slot.members()) {
      hadNone |= slots.remove(member.name());
    }
    return hadNone && slots.isEmpty();
  }
}

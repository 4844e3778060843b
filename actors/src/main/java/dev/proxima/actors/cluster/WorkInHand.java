package dev.proxima.actors.cluster;

import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.work.Work;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which slot is at which work, from what the coordinator of a run tells. */
final class WorkInHand {

  private final SortedMap<String, Work> works = new TreeMap<>();

  void observe(RunEvent event) {
    if (event instanceof RunEvent.WorkStarted started) {
      works.put(started.worker(), started.work());
    } else if (event instanceof RunEvent.WorkRetried retried) {
      works.remove(retried.worker(), retried.work());
    } else if (event instanceof RunEvent.WorkWaits waiting) {
      works.remove(waiting.worker(), waiting.work());
    } else if (event instanceof RunEvent.WorkCompleted completed) {
      works.values().removeIf(completed.work()::equals);
    }
  }

  /** A node is gone, and its slots with it. */
  void leave(String node) {
    works.keySet().removeIf(slot -> isOf(slot, node));
  }

  /** The kinds of work that a node is at, by slot. */
  SortedMap<String, String> of(String node) {
    SortedMap<String, String> kinds = new TreeMap<>();
    works.forEach(
        (slot, work) -> {
          if (isOf(slot, node)) {
            kinds.put(slot.substring(node.length() + 1), work.kind());
          }
        });
    return kinds;
  }

  private static boolean isOf(String slot, String node) {
    return slot.startsWith(node + "/");
  }
}

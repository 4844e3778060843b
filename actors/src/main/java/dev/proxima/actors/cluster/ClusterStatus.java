package dev.proxima.actors.cluster;

import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.models.ComputeDevice;
import java.util.List;
import java.util.SortedMap;

/**
 * What a cluster is doing.
 *
 * @param epoch counts the incarnations of its coordinator
 * @param nodes those that can work, by name
 * @param runs in the order of submission
 */
public record ClusterStatus(long epoch, List<Node> nodes, List<Run> runs)
    implements CborSerializable {

  /** A node and its devices, one slot each. */
  public record Node(String name, List<ComputeDevice> devices) {}

  /**
   * A run.
   *
   * @param remaining how many works are left to do, by kind, where it is at work
   */
  public record Run(
      Submission submission, RunStatus status, SortedMap<String, Integer> remaining) {}
}

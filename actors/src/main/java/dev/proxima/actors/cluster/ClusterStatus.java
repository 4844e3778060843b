package dev.proxima.actors.cluster;

import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.models.ComputeDevice;
import java.util.List;
import java.util.SortedMap;

/**
 * What a cluster is doing.
 *
 * @param epoch counts the incarnations of its coordinator
 * @param coordinator the address of the node that it is on
 * @param nodes those that can work, by name
 * @param runs in the order of submission
 */
public record ClusterStatus(long epoch, String coordinator, List<Node> nodes, List<Run> runs)
    implements CborSerializable {

  /**
   * A node.
   *
   * @param devices one slot each
   * @param work the kinds of work that it is at, by slot
   */
  public record Node(String name, List<ComputeDevice> devices, SortedMap<String, String> work) {}

  /**
   * A run.
   *
   * @param remaining how many works are left to do, by kind, where it is at work
   */
  public record Run(
      Submission submission, RunStatus status, SortedMap<String, Integer> remaining) {}
}

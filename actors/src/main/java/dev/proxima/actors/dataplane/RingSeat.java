package dev.proxima.actors.dataplane;

import dev.proxima.actors.serialization.CborSerializable;
import java.util.List;

/**
 * A node's place among those that make each step of a training together.
 *
 * @param ring names the ring, once and for all
 * @param rank of this node, 0 for the first
 * @param devices of each node, by rank; at least two nodes
 * @param next whom the node sends to: the one of the next rank, or the first
 */
public record RingSeat(String ring, int rank, List<Integer> devices, DataPlaneAddress next)
    implements CborSerializable {

  public RingSeat {
    devices = List.copyOf(devices);
    if (devices.size() < 2 || rank < 0 || rank >= devices.size()) {
      throw new IllegalArgumentException(
          "there is no rank %d in a ring of %d".formatted(rank, devices.size()));
    }
  }
}

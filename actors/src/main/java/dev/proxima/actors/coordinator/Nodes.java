package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.ApoCoordinator.NodeJoined;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.FanOut;
import dev.proxima.actors.node.NodeSupervisor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;

/** The nodes of a run, and how new parameters get to them. */
final class Nodes {

  /** Copies of a version that one node sends; the others pass it on. */
  private static final int FAN_OUT = 2;

  /** What an iteration of the outer loop makes: proximal and extrapolated parameters. */
  private static final int LATEST = 2;

  private final DataPlaneAddress origin;
  private final Map<String, NodeJoined> joined = new TreeMap<>();
  private final Deque<ArtifactId> latest = new ArrayDeque<>();

  /**
   * @param origin where the coordinator's node serves parameters; null where nodes read the store
   */
  Nodes(DataPlaneAddress origin) {
    this.origin = origin;
  }

  /**
   * Returns whether the node, or its supervisor, is a new one, which is told of the latest
   * versions.
   */
  boolean join(NodeJoined node) {
    NodeJoined before = joined.put(node.node(), node);
    boolean isNew = before == null || !before.supervisor().equals(node.supervisor());
    if (isNew) {
      boolean pulls =
          origin != null && node.dataPlane() != null && !origin.equals(node.dataPlane());
      List<DataPlaneAddress> sources = pulls ? List.of(origin) : List.of();
      latest.forEach(
          version ->
              node.supervisor().tell(new NodeSupervisor.ParametersPublished(version, sources)));
    }
    return isNew;
  }

  /** Returns whether the node was there by this supervisor. */
  boolean leave(String name, ActorRef<NodeSupervisor.Command> supervisor) {
    NodeJoined node = joined.get(name);
    return node != null && node.supervisor().equals(supervisor) && joined.remove(name, node);
  }

  /** Tells every node of a new version and whom to pull it from. */
  void publish(ArtifactId parameters) {
    latest.remove(parameters);
    latest.add(parameters);
    if (latest.size() > LATEST) {
      latest.remove();
    }
    Map<DataPlaneAddress, List<DataPlaneAddress>> sources =
        origin == null ? Map.of() : FanOut.sources(origin, addresses(), FAN_OUT);
    for (NodeJoined node : joined.values()) {
      List<DataPlaneAddress> own =
          node.dataPlane() == null ? List.of() : sources.getOrDefault(node.dataPlane(), List.of());
      node.supervisor().tell(new NodeSupervisor.ParametersPublished(parameters, own));
    }
  }

  /** Has the node of this slot give up its part in a ring. */
  void abandon(String ring, WorkerSlot slot) {
    joined.values().stream()
        .filter(node -> node.slots().containsAll(slot.members()))
        .forEach(node -> node.supervisor().tell(new NodeSupervisor.AbandonRing(ring)));
  }

  private List<DataPlaneAddress> addresses() {
    return joined.values().stream().map(NodeJoined::dataPlane).filter(Objects::nonNull).toList();
  }
}

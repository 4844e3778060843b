package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.ApoCoordinator.NodeJoined;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.node.NodeSupervisor.ParametersPublished;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class NodesTest {

  private static final ArtifactId VERSION = new ArtifactId("1".repeat(64));
  private static final ArtifactId NEXT = new ArtifactId("f".repeat(64));
  private static final DataPlaneAddress ORIGIN = new DataPlaneAddress("origin", 1);

  private final List<TestInbox<NodeSupervisor.Command>> inboxes = new ArrayList<>();

  /** The origin sends two copies; the third and fourth node pull from the first. */
  @Test
  void aVersionComesFromTheNearestNodeAndAtLastFromTheOrigin() {
    Nodes nodes = new Nodes(ORIGIN);
    for (int i = 0; i < 4; i++) {
      nodes.join(node(i, address(i)));
    }
    nodes.publish(VERSION);
    assertThat(received(0)).isEqualTo(new ParametersPublished(VERSION, List.of(ORIGIN)));
    assertThat(received(1)).isEqualTo(new ParametersPublished(VERSION, List.of(ORIGIN)));
    assertThat(received(2))
        .isEqualTo(new ParametersPublished(VERSION, List.of(address(0), ORIGIN)));
    assertThat(received(3))
        .isEqualTo(new ParametersPublished(VERSION, List.of(address(0), ORIGIN)));
  }

  @Test
  void whoServesNothingReadsTheStore() {
    Nodes nodes = new Nodes(ORIGIN);
    nodes.join(node(0, null));
    nodes.join(node(1, ORIGIN));
    nodes.publish(VERSION);
    assertThat(received(0)).isEqualTo(new ParametersPublished(VERSION, List.of()));
    assertThat(received(1)).isEqualTo(new ParametersPublished(VERSION, List.of()));

    Nodes embedded = new Nodes(null);
    embedded.join(node(2, address(2)));
    embedded.publish(VERSION);
    assertThat(received(2)).isEqualTo(new ParametersPublished(VERSION, List.of()));
  }

  /** As after a kill amid a transfer. */
  @Test
  void whoJoinsLaterIsToldOfTheLatestVersions() {
    Nodes nodes = new Nodes(ORIGIN);
    nodes.publish(new ArtifactId("0".repeat(64)));
    nodes.publish(VERSION);
    nodes.publish(NEXT);
    nodes.join(node(0, address(0)));
    nodes.join(node(1, ORIGIN));
    nodes.join(node(2, null));
    assertThat(received(0)).isEqualTo(new ParametersPublished(VERSION, List.of(ORIGIN)));
    assertThat(received(0)).isEqualTo(new ParametersPublished(NEXT, List.of(ORIGIN)));
    assertThat(received(1)).isEqualTo(new ParametersPublished(VERSION, List.of()));
    assertThat(received(1)).isEqualTo(new ParametersPublished(NEXT, List.of()));
    assertThat(received(2)).isEqualTo(new ParametersPublished(VERSION, List.of()));
    assertThat(received(2)).isEqualTo(new ParametersPublished(NEXT, List.of()));
  }

  @Test
  void aNodeIsKnownByItsSupervisor() {
    Nodes nodes = new Nodes(ORIGIN);
    NodeJoined first = node(0, address(0));
    NodeJoined restarted = node(0, address(0));
    assertThat(nodes.join(first)).isTrue();
    assertThat(nodes.join(first)).isFalse();
    assertThat(nodes.join(restarted)).isTrue();
    assertThat(nodes.leave("node-0", first.supervisor())).isFalse();
    assertThat(nodes.leave("node-0", restarted.supervisor())).isTrue();
    nodes.publish(VERSION);
    assertThat(inboxes).allMatch(inbox -> !inbox.hasMessages());
  }

  private static DataPlaneAddress address(int node) {
    return new DataPlaneAddress("host-" + node, 1);
  }

  private NodeJoined node(int number, DataPlaneAddress address) {
    TestInbox<NodeSupervisor.Command> inbox = TestInbox.create();
    inboxes.add(inbox);
    return new NodeJoined("node-" + number, List.of(), inbox.getRef(), address);
  }

  private NodeSupervisor.Command received(int index) {
    return inboxes.get(index).receiveMessage();
  }
}

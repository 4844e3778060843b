package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.cluster.RunQueue.Refused;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What gets through to a node's actors, and what does not. That something is not heard is shown by
 * what is heard next: a message of a proper peer that was sent after it.
 */
class TransportTest {

  private static final String NODE = "node";
  private static final Refused FIRST = new Refused("first");
  private static final Refused LAST = new Refused("last");

  @TempDir private static Path folder;
  private static Path node;
  private static Path client;

  @BeforeAll
  static void issueCertificates() throws Exception {
    DevelopmentCa authority = new DevelopmentCa(folder.resolve("ca"));
    node = authority.issue("node.example.org");
    client = authority.issue("client.example.org");
  }

  @Test
  void garbageGetsNowhere() throws Exception {
    try (Peer listener = new Peer(NODE, Optional.of(node), Map.of());
        Peer proper = new Peer("client", Optional.of(client), Map.of())) {
      byte[] garbage = new byte[100_000];
      new java.util.Random(7).nextBytes(garbage);
      assertTurnedAway(listener.port(), garbage);
      assertTurnedAway(listener.port(), "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertHearsOnlyTheLast(listener, proper, listener.port());
    }
  }

  @Test
  void aPeerWithoutTlsGetsNowhere() throws Exception {
    assertGetsNowhere(Optional.empty());
  }

  @Test
  void aCertificateOfAnotherAuthorityGetsNowhere() throws Exception {
    assertGetsNowhere(
        Optional.of(new DevelopmentCa(folder.resolve("other-ca")).issue("client.example.org")));
  }

  @Test
  void aCertificateForAnotherClusterGetsNowhere() throws Exception {
    assertGetsNowhere(
        Optional.of(
            new DevelopmentCa(folder.resolve("ca")).issue("other.example.org", "another-cluster")));
  }

  private static void assertGetsNowhere(Optional<Path> tls) throws Exception {
    int behind = freePort();
    try (RecordingProxy proxy = new RecordingProxy(behind);
        Peer listener = new Peer(NODE, Optional.of(node), behindProxy(proxy, behind));
        Peer stranger = new Peer("stranger", tls, Map.of());
        Peer proper = new Peer("client", Optional.of(client), Map.of())) {
      stranger.tell(NODE, proxy.port(), new Refused("stranger"));
      proxy.awaitEnd();
      assertHearsOnlyTheLast(listener, proper, proxy.port());
    }
  }

  @Test
  void aReplayedSessionGetsNowhere() throws Exception {
    int behind = freePort();
    try (RecordingProxy proxy = new RecordingProxy(behind);
        Peer listener = new Peer(NODE, Optional.of(node), behindProxy(proxy, behind));
        Peer proper = new Peer("client", Optional.of(client), Map.of())) {
      proper.tell(NODE, proxy.port(), FIRST);
      assertThat(listener.next()).isEqualTo(FIRST);
      for (byte[] session : proxy.recorded()) {
        assertTurnedAway(behind, session);
      }
      assertHearsOnlyTheLast(listener, proper, proxy.port());
    }
  }

  /** The same bytes without TLS: what the test above would find if it were not for TLS. */
  @Test
  void withoutTlsAReplayIsHeard() throws Exception {
    int behind = freePort();
    try (RecordingProxy proxy = new RecordingProxy(behind);
        Peer listener = new Peer(NODE, Optional.empty(), behindProxy(proxy, behind));
        Peer proper = new Peer("client", Optional.empty(), Map.of())) {
      proper.tell(NODE, proxy.port(), FIRST);
      assertThat(listener.next()).isEqualTo(FIRST);
      for (byte[] session : proxy.recorded()) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), behind)) {
          socket.getOutputStream().write(session);
        }
      }
      assertThat(listener.next()).isEqualTo(FIRST);
    }
  }

  /** Its sender would have it written by Jackson; nobody here has bound it. */
  record Stranger(String text) {}

  /** For Java's own serialisation. */
  record Serialised(String text) implements Serializable {}

  @Test
  void messagesThatAreNotBoundAreRefused() throws Exception {
    try (Peer listener = new Peer(NODE, Optional.empty(), Map.of());
        Peer sender =
            new Peer(
                "client",
                Optional.empty(),
                Map.of(
                    "pekko.actor.allow-java-serialization",
                    true,
                    "pekko.actor.serialization-bindings.\"" + Stranger.class.getName() + "\"",
                    "jackson-cbor"))) {
      sender.tell(NODE, listener.port(), new Stranger("bound there alone"));
      sender.tell(NODE, listener.port(), new Serialised("in Java's way"));
      assertHearsOnlyTheLast(listener, sender, listener.port());
    }
  }

  /** With the class bound on both sides: what the test above would find otherwise. */
  @Test
  void theSameMessageIsHeardWhereItIsBound() throws Exception {
    Map<String, String> bound =
        Map.of(
            "pekko.actor.serialization-bindings.\"" + Stranger.class.getName() + "\"",
            "jackson-cbor");
    try (Peer listener = new Peer(NODE, Optional.empty(), bound);
        Peer sender = new Peer("client", Optional.empty(), bound)) {
      sender.tell(NODE, listener.port(), new Stranger("bound"));
      assertThat(listener.next()).isEqualTo(new Stranger("bound"));
    }
  }

  /** 80,000 prompts by 4: the longest list that a submission may have. */
  @Test
  void theLongestListOfArtefactsFits() throws Exception {
    List<ArtifactId> shards =
        IntStream.range(0, 20_000)
            .mapToObj(i -> ArtifactId.of(Integer.toString(i).getBytes(StandardCharsets.UTF_8)))
            .toList();
    Work work = new Work.TrainReplica(shards.get(0), shards, 1, 0);
    WorkReply.Done done = new WorkReply.Done("lease", work, Output.of(shards.get(0)));
    try (Peer listener = new Peer(NODE, Optional.empty(), Map.of());
        Peer sender = new Peer("client", Optional.empty(), Map.of())) {
      sender.tell(NODE, listener.port(), done);
      assertThat(listener.next()).isEqualTo(done);
    }
  }

  private static void assertHearsOnlyTheLast(Peer listener, Peer sender, int port)
      throws InterruptedException {
    sender.tell(NODE, port, LAST);
    assertThat(listener.next()).isEqualTo(LAST);
    assertThat(listener.hasHeardMore()).isFalse();
  }

  /** The server ends the connection by itself. */
  private static void assertTurnedAway(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      try {
        socket.getOutputStream().write(bytes);
        InputStream answer = socket.getInputStream();
        assertThat(answer.readAllBytes()).hasSizeLessThan(10_000);
      } catch (SocketException e) {
        assertThat(e).hasMessageMatching("Connection reset.*|Broken pipe.*");
      }
    }
  }

  private static Map<String, Object> behindProxy(RecordingProxy proxy, int port) {
    return Map.of(
        "pekko.remote.artery.canonical.port", proxy.port(), "pekko.remote.artery.bind.port", port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

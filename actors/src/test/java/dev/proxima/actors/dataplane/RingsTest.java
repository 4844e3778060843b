package dev.proxima.actors.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.models.RingBrokenException;
import dev.proxima.models.TrainingRing;
import dev.proxima.models.TrainingRing.Header;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that train together, by real sockets on the loopback interface. */
@Timeout(60)
class RingsTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir Path folder;
  private final List<DataPlane> nodes = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    nodes.forEach(DataPlane::close);
    threads.shutdownNow();
  }

  /** Each adds its rank to what goes round; large messages are on their way from all at once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void messagesGoRound(boolean tls) {
    start(3, tls ? Optional.of(Certificates.NODE) : Optional.empty());
    List<TrainingRing> ring = join("ring", 3);
    List<CompletableFuture<Integer>> received = new ArrayList<>();
    for (TrainingRing member : ring) {
      received.add(CompletableFuture.supplyAsync(() -> receive(member), threads));
      CompletableFuture.runAsync(() -> send(member), threads).join();
    }
    assertThat(received).extracting(CompletableFuture::join).containsExactly(2, 0, 1);
  }

  private static void send(TrainingRing member) {
    member.send(member.rank(), 7, ByteBuffer.allocate(0));
    ByteBuffer direct = ByteBuffer.allocateDirect(1 << 20);
    while (direct.hasRemaining()) {
      direct.put((byte) (member.rank() + direct.position() % 100));
    }
    member.send(member.rank(), 8, direct.flip());
  }

  /** Returns the rank of the member before, all of whose bytes have come. */
  private static int receive(TrainingRing member) {
    Header empty = member.receive();
    Header full = member.receive();
    assertThat(List.of(empty.part(), empty.bytes(), full.part(), full.bytes()))
        .containsExactly(7, 0, 8, 1 << 20);
    ByteBuffer first = ByteBuffer.allocateDirect(1000);
    ByteBuffer rest = ByteBuffer.allocate((1 << 20) - 1000);
    member.receive(first);
    member.receive(rest);
    for (int i = 0; i < 1 << 20; i++) {
      byte actual = i < 1000 ? first.get(i) : rest.get(i - 1000);
      assertThat(actual).isEqualTo((byte) (full.subject() + i % 100));
    }
    return full.subject();
  }

  /** A step may take much longer than a transfer may be idle. */
  @Test
  void aRingWaitsAsLongAsItsMembersCompute() throws InterruptedException {
    start(2, Optional.empty(), SHORT);
    List<TrainingRing> ring = join("ring", 2);
    Thread.sleep(3 * SHORT.toMillis());
    ring.get(0).send(1, 2, ByteBuffer.allocate(3));
    assertThat(ring.get(1).receive()).isEqualTo(new Header(1, 2, 3));
  }

  @Test
  void aMemberThatLeavesBreaksIt() {
    start(3, Optional.empty());
    List<TrainingRing> ring = join("ring", 3);
    ring.get(1).close();
    assertThatThrownBy(ring.get(2)::receive).isInstanceOf(RingBrokenException.class);
    ring.get(2).close();
    assertThatThrownBy(ring.get(0)::receive).isInstanceOf(RingBrokenException.class);
  }

  @Test
  void aNodeThatAbandonsARingBreaksItForTheThreadThatWaitsInIt() {
    start(2, Optional.empty());
    List<TrainingRing> ring = join("ring", 2);
    CompletableFuture<Header> waiting =
        CompletableFuture.supplyAsync(ring.get(0)::receive, threads);
    nodes.get(0).abandon("ring");
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(RingBrokenException.class);
  }

  @Test
  void nobodyWaitsForARingThatWasAbandoned() {
    start(2, Optional.empty());
    CompletableFuture<TrainingRing> waiting = join("ring", 0, 2);
    nodes.get(0).abandon("ring");
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(RingBrokenException.class);
    assertThatThrownBy(join("ring", 0, 2)::join).hasCauseInstanceOf(RingBrokenException.class);
    join("another", 2);
  }

  @Test
  void aNeighbourThatCannotBeReachedIsNamed() {
    start(2, Optional.empty());
    DataPlaneAddress gone = nodes.get(1).address();
    nodes.get(1).close();
    assertThatThrownBy(() -> nodes.get(0).join(new RingSeat("ring", 0, List.of(1, 1), gone)))
        .isInstanceOf(RingBrokenException.class)
        .hasMessageStartingWith("cannot train with " + gone);
  }

  @Test
  void whoHasNoCertificateOfTheAuthorityDoesNotGetIn() {
    start(1, Optional.of(Certificates.NODE));
    start(1, Optional.of(Certificates.STRANGER));
    assertThatThrownBy(join("ring", 1, 2)::join).hasCauseInstanceOf(RingBrokenException.class);
  }

  @Test
  void aMessageLongerThanWhatIsAskedForIsNotReadBeyondItsEnd() {
    start(2, Optional.empty());
    List<TrainingRing> ring = join("ring", 2);
    ring.get(0).send(1, 2, ByteBuffer.allocate(3));
    ring.get(1).receive();
    assertThatThrownBy(() -> ring.get(1).receive(ByteBuffer.allocate(4)))
        .isInstanceOf(RingBrokenException.class)
        .hasMessageContaining("3 bytes left, not 4");
  }

  private void start(int count, Optional<SSLContext> tls) {
    start(count, tls, LONG);
  }

  private void start(int count, Optional<SSLContext> tls, Duration idle) {
    for (int i = 0; i < count; i++) {
      DataPlaneSettings settings =
          new DataPlaneSettings("test", tls, idle, idle.dividedBy(2), 16, 1L << 30, 8);
      nodes.add(
          DataPlane.start(
              new InetSocketAddress("127.0.0.1", 0),
              "127.0.0.1",
              folder.resolve("node-" + nodes.size()),
              Source.none(),
              settings));
    }
  }

  private List<TrainingRing> join(String name, int members) {
    List<CompletableFuture<TrainingRing>> joining = new ArrayList<>();
    for (int rank = 0; rank < members; rank++) {
      joining.add(join(name, rank, members));
    }
    return joining.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<TrainingRing> join(String name, int rank, int members) {
    DataPlaneAddress next = nodes.get((rank + 1) % members).address();
    RingSeat seat = new RingSeat(name, rank, Collections.nCopies(members, 1), next);
    return CompletableFuture.supplyAsync(() -> nodes.get(rank).join(seat), threads);
  }
}

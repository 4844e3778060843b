package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneSettings;
import dev.proxima.actors.dataplane.SharedFile;
import dev.proxima.actors.dataplane.Source;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.node.ParameterCache.Acquire;
import dev.proxima.actors.node.ParameterCache.Available;
import dev.proxima.actors.node.ParameterCache.Prefetch;
import dev.proxima.actors.node.ParameterCache.Reply;
import dev.proxima.actors.node.ParameterCache.Unavailable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterCacheTest {

  private static final ArtifactId MISSING = new ArtifactId("0".repeat(64));

  private static ActorTestKit kit;

  @TempDir Path folder;
  private ArtifactStore store;
  private TestProbe<Reply> replies;
  private ActorRef<ParameterCache.Command> cache;
  private final List<DataPlane> nodes = new ArrayList<>();

  @BeforeAll
  static void startActors() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stopActors() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void start() {
    store = new FolderStore(folder);
    replies = kit.createTestProbe(Reply.class);
    cache = kit.spawn(ParameterCache.create(store));
  }

  @AfterEach
  void closeNodes() {
    nodes.forEach(DataPlane::close);
  }

  @Test
  void handsOutTheFileOfAVersion() {
    ArtifactId version = Runs.parameters(store, 1, 2);
    cache.tell(new Prefetch(version, List.of()));
    assertThat(acquire(version)).isEqualTo(new Available(version, store.read(version)));
  }

  @Test
  void aMissingVersionIsUnavailableForGood() {
    cache.tell(new Prefetch(MISSING, List.of()));
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.cause()).isInstanceOf(ArtifactException.class);
    assertThat(reply.cause().getMessage()).contains(MISSING.sha256()).hasLineCount(1);
  }

  @Test
  void aDamagedVersionIsUnavailableForGood() throws IOException {
    Path file = file(MISSING);
    Files.writeString(file, "damaged");
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.cause()).isInstanceOf(ArtifactException.class);
    assertThat(reply.cause().getMessage())
        .contains(file.toString(), "wrong checksum")
        .hasLineCount(1);
  }

  /** A folder in the file's place stands for a disk that fails. */
  @Test
  void aVersionThatCannotBeReadIsUnavailableForNow() throws IOException {
    Files.createDirectories(file(MISSING));
    cache.tell(new Prefetch(MISSING, List.of()));
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.cause()).isNotInstanceOf(ArtifactException.class);
    assertThat(reply.cause().getMessage())
        .contains(file(MISSING).toString(), "cannot be read")
        .hasLineCount(1);
  }

  @Test
  void aBroadcastVersionIsPulledFromItsSources() {
    ArtifactStore elsewhere = new FolderStore(folder.resolve("elsewhere"));
    ArtifactId version = Runs.parameters(elsewhere, 1, 2);
    DataPlane origin = node(Source.of(elsewhere));
    DataPlane here = node(Source.none());
    cache = kit.spawn(ParameterCache.create(store, here));

    cache.tell(new Prefetch(version, List.of(origin.address())));

    Available reply = (Available) acquire(version);
    assertThat(reply.file()).hasSameBinaryContentAs(elsewhere.read(version));
    assertThat(here.find(version)).contains(reply.file());
  }

  @Test
  void theStoreIsReadWhereTheSourcesFail() {
    ArtifactId version = Runs.parameters(store, 1, 2);
    DataPlane dead = node(Source.none());
    dead.close();
    cache = kit.spawn(ParameterCache.create(store, node(Source.none())));

    cache.tell(new Prefetch(version, List.of(dead.address())));

    assertThat(acquire(version)).isEqualTo(new Available(version, store.read(version)));
  }

  /** The sources may come back. */
  @Test
  void aVersionThatNeitherSourcesNorStoreHaveIsUnavailableForNow() {
    DataPlane dead = node(Source.none());
    dead.close();
    cache = kit.spawn(ParameterCache.create(store, node(Source.none())));

    cache.tell(new Prefetch(MISSING, List.of(dead.address())));

    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.cause()).isNotInstanceOf(ArtifactException.class);
    assertThat(reply.cause().getMessage())
        .contains(dead.address() + ": Connection refused", "is missing")
        .hasLineCount(1);
  }

  /** The origin holds one version back until the other one was handed out. */
  @Test
  void aVersionThatIsHereIsHandedOutWhileAnotherComes() throws IOException {
    ArtifactId present = Runs.parameters(store, 1, 2);
    ArtifactStore elsewhere = new FolderStore(folder.resolve("elsewhere"));
    ArtifactId coming = Runs.parameters(elsewhere, 3, 4);
    Path bytes = elsewhere.read(coming);
    SharedFile file = SharedFile.growing(bytes, elsewhere.manifest(coming), 0);
    DataPlane origin = node((id, patience) -> Optional.of(file));
    DataPlane here = node(Source.none());
    cache = kit.spawn(ParameterCache.create(store, here));
    TestProbe<Reply> patient = kit.createTestProbe(Reply.class);

    cache.tell(new Prefetch(coming, List.of(origin.address())));
    cache.tell(new Acquire(coming, patient.ref()));
    cache.tell(new Acquire(coming, patient.ref()));
    assertThat(acquire(present)).isEqualTo(new Available(present, store.read(present)));
    patient.expectNoMessage(Duration.ZERO);
    file.advance(Files.size(bytes));

    Reply reply = patient.receiveMessage();
    assertThat(((Available) reply).file()).hasSameBinaryContentAs(bytes);
    assertThat(patient.receiveMessage()).isEqualTo(reply);
  }

  private Path file(ArtifactId id) throws IOException {
    Path file = folder.resolve(id.sha256().substring(0, 2)).resolve(id.sha256());
    Files.createDirectories(file.getParent());
    return file;
  }

  private Reply acquire(ArtifactId version) {
    cache.tell(new Acquire(version, replies.ref()));
    Reply reply = replies.receiveMessage();
    replies.expectNoMessage(Duration.ZERO);
    return reply;
  }

  private DataPlane node(Source own) {
    DataPlane node =
        DataPlane.start(
            new InetSocketAddress("127.0.0.1", 0),
            "127.0.0.1",
            folder.resolve("node-" + nodes.size()),
            own,
            DataPlaneSettings.of("test"));
    nodes.add(node);
    return node;
  }
}

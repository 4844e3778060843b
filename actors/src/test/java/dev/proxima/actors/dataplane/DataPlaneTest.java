package dev.proxima.actors.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.Manifest;
import dev.proxima.actors.dataplane.ScriptedSource.Script;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets on the loopback interface, real files. */
@Timeout(60)
class DataPlaneTest {

  private static final int CHUNK = 256 * 1024;
  private static final byte[] BYTES = bytes(3 * CHUNK + 5);
  private static final int HALF = 2 * CHUNK;
  private static final Manifest MANIFEST = Manifest.of(BYTES);
  private static final ArtifactId ID = MANIFEST.id();
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final DataPlaneAddress NOBODY = deadAddress();

  @TempDir Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int nodes;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5})
  void aFileOfAnySizeComesWhole(int size) throws Exception {
    byte[] bytes = bytes(size);
    ArtifactStore store = new FolderStore(folder.resolve("store"));
    ArtifactId id = store.write(path -> write(path, bytes));
    DataPlane origin = node(Source.of(store), settings());
    DataPlane node = node();

    Path file = fetch(node, id, origin.address());

    assertThat(file).hasBinaryContent(bytes);
    assertThat(node.find(id)).contains(file);
    assertThat(filesOf(1)).containsExactly(id.sha256());
  }

  @Test
  void whatAStoreLacksIsMissing() throws Exception {
    DataPlane origin = node(Source.of(new FolderStore(folder.resolve("store"))), impatient());
    assertFails(node(), "does not have it", origin.address());
  }

  @Test
  void theNextSourceIsAskedWhereOneIsDeadOrHasNothingOrIsOfAnotherCluster() throws Exception {
    DataPlane empty = node(Source.none(), impatient());
    DataPlane stranger = node(file(BYTES), settings("other", Optional.empty()));
    DataPlane origin = node(file(BYTES), settings());

    assertThat(fetch(node(), ID, NOBODY, empty.address(), stranger.address(), origin.address()))
        .hasBinaryContent(BYTES);
    assertFails(
        node(),
        "%s: Connection refused; %s: it does not have it; %s: it belongs to another cluster"
            .formatted(NOBODY, empty.address(), stranger.address()),
        NOBODY,
        empty.address(),
        stranger.address());
  }

  @Test
  void aNodeDoesNotAskItself() throws Exception {
    DataPlane node = node();
    assertFails(node, "came from no source", node.address());
  }

  @Test
  void aBrokenConnectionIsResumedWhereItWas() throws Exception {
    ScriptedSource source = scripted(half(), rest());
    assertThat(fetch(node(), ID, source.address())).hasBinaryContent(BYTES);
    assertThat(source.offsets()).containsExactly(0L, (long) HALF);
  }

  @Test
  void theNextSourceGoesOnWhereABrokenOneWas() throws Exception {
    ScriptedSource first = scripted(half());
    ScriptedSource second = scripted(rest());
    assertThat(fetch(node(), ID, first.address(), second.address())).hasBinaryContent(BYTES);
    assertThat(second.offsets()).containsExactly((long) HALF);
  }

  @Test
  void anAbandonedDownloadIsResumedByTheNext() throws Exception {
    DataPlane node = node();
    assertFails(node, "the connection was closed", scripted(half()).address());
    ScriptedSource second = scripted(rest(), rest());
    assertThat(fetch(node, ID, second.address())).hasBinaryContent(BYTES);
    assertThat(second.offsets()).containsExactly(-1L, (long) HALF);
  }

  @Test
  void theNextProcessResumes() throws Exception {
    Path own = folder.resolve("own");
    DataPlane before = node(own, Source.none(), settings());
    assertFails(before, "the connection was closed", scripted(half()).address());
    before.close();

    ScriptedSource second = scripted(rest(), rest());
    assertThat(fetch(node(own, Source.none(), settings()), ID, second.address()))
        .hasBinaryContent(BYTES);
    assertThat(second.offsets()).containsExactly(-1L, (long) HALF);
  }

  @Test
  void aSourceThatIsKilledIsReplaced() throws Exception {
    Path file = Files.write(folder.resolve("half"), BYTES);
    Process process = SourceProcess.start(folder.resolve("child"), file, HALF);
    opened.add(process::destroyForcibly);
    int port =
        Integer.parseInt(
            new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                .readLine());
    ScriptedSource second = scripted(rest());
    DataPlane node = node();

    CompletableFuture<Path> fetched =
        begin(node, ID, new DataPlaneAddress("127.0.0.1", port), second.address());
    awaitBytes(node, HALF);
    process.destroyForcibly();

    assertThat(fetched.get()).hasBinaryContent(BYTES);
    assertThat(second.offsets()).containsExactly((long) HALF);
  }

  @Test
  void aSilentSourceIsLeft() throws Exception {
    ServerSocket silent = new ServerSocket(0);
    opened.add(silent);
    DataPlaneAddress address = new DataPlaneAddress("127.0.0.1", silent.getLocalPort());
    DataPlane node = node(Source.none(), idle(Duration.ofMillis(200)));
    assertThat(fetch(node, ID, address, scripted(rest()).address())).hasBinaryContent(BYTES);
  }

  @Test
  void aChunkDamagedOnTheWayIsPulledAgain() throws Exception {
    Script damaged =
        (out, offset) -> {
          ScriptedSource.found(out, BYTES);
          byte[] sent = BYTES.clone();
          sent[HALF + 7] ^= 1;
          ScriptedSource.frame(out, sent, 0, sent.length);
        };
    ScriptedSource source = scripted(damaged, rest());
    assertThat(fetch(node(), ID, source.address())).hasBinaryContent(BYTES);
    assertThat(source.offsets()).containsExactly(0L, (long) HALF);
  }

  @Test
  void aDamagedChunkIsNamedAndNotPassedOn() throws Exception {
    byte[] wrong = BYTES.clone();
    wrong[CHUNK] ^= 1;
    Path file = Files.write(folder.resolve("wrong"), wrong);
    DataPlane source =
        node((id, patience) -> Optional.of(SharedFile.complete(file, MANIFEST)), settings());
    DataPlane node = node();

    assertFails(
        node, source.address() + ": a chunk at 262144 has a wrong checksum", source.address());

    assertThat(folder.resolve("node-1").resolve(ID + ".partial")).hasSize(CHUNK);
    assertThat(fetch(node, ID, scripted(rest(), rest()).address())).hasBinaryContent(BYTES);
  }

  @Test
  void aSourceOfSomethingElseIsNamedAndTheNextOneAsked() throws Exception {
    byte[] other = bytes(BYTES.length + 1);
    DataPlane liar = node(file(other), settings());
    DataPlane origin = node(file(BYTES), settings());
    DataPlane node = node();

    assertFails(
        node,
        "%s: it has %s... instead"
            .formatted(liar.address(), ArtifactId.of(other).sha256().substring(0, 12)),
        liar.address());
    assertThat(filesOf(2)).containsExactly(ID + ".partial");
    assertThat(folder.resolve("node-2").resolve(ID + ".partial")).isEmptyFile();
    assertThat(fetch(node, ID, liar.address(), origin.address())).hasBinaryContent(BYTES);
  }

  /** Its manifest has the right SHA-256 of the content and a checksum that fits other bytes. */
  @Test
  void aManifestWithOneWrongChecksumIsRefused() throws Exception {
    ByteBuffer encoded = MANIFEST.encoded();
    int last = encoded.limit() - 4;
    encoded.putInt(last, encoded.getInt(last) ^ 1);
    ScriptedSource liar =
        scripted(
            (out, offset) -> {
              ScriptedSource.found(out, BYTES.length);
              out.write(encoded.array());
            });
    assertFails(node(), "... instead", liar.address());
    assertThat(liar.offsets()).hasSize(1);
  }

  @Test
  void wrongBytesThatAnEarlierProcessLeftArePulledAgain() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    byte[] left = Arrays.copyOf(BYTES, HALF + 9);
    left[CHUNK] ^= 1;
    Files.write(own.resolve(ID + ".partial"), left);
    ScriptedSource source = scripted(rest(), rest());
    assertThat(fetch(node(own, Source.none(), settings()), ID, source.address()))
        .hasBinaryContent(BYTES);
    assertThat(source.offsets()).containsExactly(-1L, (long) CHUNK);
  }

  @Test
  void partOfAChunkThatAnEarlierProcessLeftIsPulledAgain() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.write(own.resolve(ID + ".partial"), Arrays.copyOf(BYTES, HALF + 9));
    ScriptedSource source = scripted(rest(), rest());
    assertThat(fetch(node(own, Source.none(), settings()), ID, source.address()))
        .hasBinaryContent(BYTES);
    assertThat(source.offsets()).containsExactly(-1L, (long) HALF);
  }

  @Test
  void aPartialFileLongerThanTheArtefactIsDropped() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.write(own.resolve(ID + ".partial"), new byte[BYTES.length + 1]);
    DataPlane origin = node(file(BYTES), settings());
    assertThat(fetch(node(own, Source.none(), settings()), ID, origin.address()))
        .hasBinaryContent(BYTES);
  }

  /** The file has half of the bytes that its owner believes. */
  @Test
  void aTornFileEndsTheConnection() throws Exception {
    Path torn = Files.write(folder.resolve("torn"), Arrays.copyOf(BYTES, HALF));
    SharedFile file = SharedFile.complete(torn, MANIFEST);
    DataPlane source = node((id, patience) -> Optional.of(file), settings());
    DataPlane origin = node(file(BYTES), settings());
    assertThat(fetch(node(), ID, source.address(), origin.address())).hasBinaryContent(BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {-7, 64 * CHUNK + 1})
  void framesBeyondTheLimitAreRefused(int size) throws Exception {
    assertFails(node(), "it announces a frame of " + size + " bytes", announcing(size).address());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, CHUNK - 1, 4 * CHUNK})
  void framesOfOtherThanWholeChunksAreRefused(int size) throws Exception {
    assertFails(node(), "it announces bytes that are no whole chunks", announcing(size).address());
  }

  /** Announces a frame of so many bytes; they come, as far as there are so many. */
  private ScriptedSource announcing(int size) throws IOException {
    return scripted(
        (out, offset) -> {
          ScriptedSource.found(out, BYTES);
          out.writeInt(size);
          out.write(BYTES, 0, Math.max(0, Math.min(size, BYTES.length)));
        },
        (out, offset) -> out.close());
  }

  @Test
  void artefactsBeyondTheLimitAreRefused() throws Exception {
    ScriptedSource source = scripted((out, offset) -> ScriptedSource.found(out, Long.MAX_VALUE));
    assertFails(node(), "it announces 9223372036854775807 bytes; at most", source.address());
  }

  @Test
  void aServerOfAnotherProtocolIsLeft() throws Exception {
    assertFails(
        node(),
        "it does not speak the data plane's protocol",
        scripted((out, offset) -> out.writeBytes("HTTP/1.1 400 Bad Request\r\n")).address());
    assertFails(
        node(),
        "it speaks version 1 of the protocol, not 2",
        scripted((out, offset) -> ScriptedSource.answer(out, 1, 3, 0)).address());
  }

  /** A device that is always full stands for a disk. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskEndsTheDownloadWithOneLine() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    Path partial = own.resolve(ID + ".partial");
    Files.createSymbolicLink(partial, Path.of("/dev/full"));
    DataPlane node = node(own, Source.none(), settings());
    DataPlane origin = node(file(BYTES), settings());

    assertFails(node, "cannot write " + partial + ": No space left on device", origin.address());
    assertThat(fetch(node, ID, origin.address())).hasBinaryContent(BYTES);
  }

  @Test
  void aDiskWithoutRoomIsNotFilled() throws Exception {
    DataPlaneSettings unlimited = limited(LONG, 16, 1L << 44, 8);
    DataPlane node = node(Source.none(), unlimited);
    Script boast = (out, offset) -> ScriptedSource.found(out, 1L << 44);
    ScriptedSource source = scripted(boast, boast);

    assertFails(node, source.address() + ": no room for ", source.address());
    assertThat(fetch(node, ID, source.address(), scripted(rest()).address()))
        .hasBinaryContent(BYTES);
  }

  @Test
  void aFolderServesOneNodeAtATime() throws Exception {
    Path own = folder.resolve("own");
    node(own, Source.none(), settings());
    assertThatThrownBy(() -> node(own, Source.none(), settings()))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageContainingAll(own.toString(), "in use by another node");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    DataPlane first = node();
    assertThatThrownBy(
            () ->
                DataPlane.start(
                    new InetSocketAddress("127.0.0.1", first.address().port()),
                    "127.0.0.1",
                    folder.resolve("own"),
                    Source.none(),
                    settings()))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageContaining(Integer.toString(first.address().port()));
    // Its folder is free again.
    node(folder.resolve("own"), Source.none(), settings());
  }

  @Test
  void aFileThatAnEarlierProcessPulledIsCheckedAndUsed() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.write(own.resolve(ID.sha256()), BYTES);
    DataPlane node = node(own, Source.none(), settings());
    assertThat(node.find(ID)).isEmpty();
    assertThat(fetch(node, ID)).hasBinaryContent(BYTES);
    assertThat(node.find(ID)).isPresent();
  }

  @Test
  void aDamagedFileOfAnEarlierProcessIsPulledAgain() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.write(own.resolve(ID.sha256()), new byte[BYTES.length]);
    DataPlane origin = node(file(BYTES), settings());
    assertThat(fetch(node(own, Source.none(), settings()), ID, origin.address()))
        .hasBinaryContent(BYTES);
  }

  @Test
  void theLeastRecentlyUsedVersionsGo() throws Exception {
    ArtifactStore store = new FolderStore(folder.resolve("store"));
    List<ArtifactId> ids =
        Stream.of("a", "b", "c")
            .map(text -> store.write(path -> write(path, text.getBytes(StandardCharsets.UTF_8))))
            .toList();
    DataPlane origin = node(Source.of(store), settings());
    DataPlane node = node(Source.none(), limited(LONG, 16, 1L << 30, 2));
    fetch(node, ids.get(0), origin.address());
    fetch(node, ids.get(1), origin.address());
    assertThat(node.find(ids.get(0))).isPresent();

    fetch(node, ids.get(2), origin.address());

    assertThat(node.find(ids.get(1))).isEmpty();
    assertThat(filesOf(1)).containsExactlyInAnyOrder(ids.get(0).sha256(), ids.get(2).sha256());
  }

  @Test
  void aChainTakesOneCopyFromTheOrigin() throws Exception {
    AtomicInteger copies = new AtomicInteger();
    Source bytes = file(BYTES);
    Source counting =
        (id, patience) -> {
          copies.incrementAndGet();
          return bytes.find(id, patience);
        };
    DataPlane origin = node(counting, settings());
    List<DataPlane> chain = List.of(node(), node(), node());
    var sources =
        FanOut.sources(origin.address(), chain.stream().map(DataPlane::address).toList(), 1);

    // The last one first: it waits until the one before it has begun.
    List<CompletableFuture<Path>> fetched = new ArrayList<>();
    for (int i = chain.size() - 1; i >= 0; i--) {
      List<DataPlaneAddress> own = sources.get(chain.get(i).address());
      fetched.add(begin(chain.get(i), ID, own.toArray(DataPlaneAddress[]::new)));
    }

    for (CompletableFuture<Path> each : fetched) {
      assertThat(each.get()).hasBinaryContent(BYTES);
    }
    assertThat(copies).hasValue(1);
  }

  @Test
  void bytesArePassedOnWhileTheyCome() throws Exception {
    SharedFile file =
        SharedFile.growing(Files.write(folder.resolve("slow"), BYTES), MANIFEST, HALF);
    DataPlane origin = node((id, patience) -> Optional.of(file), settings());
    DataPlane first = node();
    DataPlane second = node();
    CompletableFuture<Path> secondHas = begin(second, ID, first.address());
    CompletableFuture<Path> firstHas = begin(first, ID, origin.address());

    // The origin holds the other half back.
    awaitBytes(second, HALF);
    assertThat(firstHas).isNotDone();
    file.advance(BYTES.length);

    assertThat(firstHas.get()).hasBinaryContent(BYTES);
    assertThat(secondHas.get()).hasBinaryContent(BYTES);
  }

  @Test
  void whoWaitsForMoreKeepsItsOwnClientsConnected() throws Exception {
    SharedFile file =
        SharedFile.growing(Files.write(folder.resolve("slow"), BYTES), MANIFEST, HALF);
    DataPlane origin = node((id, patience) -> Optional.of(file), idle(Duration.ofMillis(200)));
    DataPlane node = node(Source.none(), idle(Duration.ofMillis(200)));
    CompletableFuture<Path> fetched = begin(node, ID, origin.address());

    try (RawClient client = new RawClient(origin.address())) {
      assertThat(client.ask(2, "test", ID, HALF)).isZero();
      assertThat(client.length()).isEqualTo(BYTES.length);
      // Six quarters of the time after which a silent connection is closed.
      for (int i = 0; i < 6; i++) {
        assertThat(client.frame()).isZero();
      }
    }
    assertThat(fetched).isNotDone();
    file.advance(BYTES.length);
    assertThat(fetched.get()).hasBinaryContent(BYTES);
  }

  @Test
  void whoAsksTwiceGetsOneTransfer() throws Exception {
    SharedFile file =
        SharedFile.growing(Files.write(folder.resolve("slow"), BYTES), MANIFEST, HALF);
    AtomicInteger asked = new AtomicInteger();
    DataPlane origin =
        node(
            (id, patience) -> {
              asked.incrementAndGet();
              return Optional.of(file);
            },
            settings());
    DataPlane node = node();
    CompletableFuture<Path> one = begin(node, ID, origin.address());
    CompletableFuture<Path> two = begin(node, ID, origin.address());
    file.advance(BYTES.length);
    assertThat(one.get()).isEqualTo(two.get()).hasBinaryContent(BYTES);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGarbagePeerIsDropped(boolean tls) throws Exception {
    DataPlaneSettings settings =
        settings("test", tls ? Optional.of(Certificates.NODE) : Optional.empty());
    DataPlane origin = node(file(BYTES), settings);
    try (RawClient client = new RawClient(origin.address())) {
      client.send("GET / HTTP/1.1\r\nHost: data-plane\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(drained(client)).isTrue();
    }
    assertThat(fetch(node(Source.none(), settings), ID, origin.address())).hasBinaryContent(BYTES);
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() throws Exception {
    DataPlane origin = node(file(BYTES), settings());
    try (RawClient client = new RawClient(origin.address())) {
      assertThat(client.ask(9, "test", ID, 0)).isEqualTo(3);
    }
    try (RawClient client = new RawClient(origin.address())) {
      assertThat(client.ask(2, "other", ID, 0)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-CHUNK, 7, 4 * CHUNK})
  void offsetsWhereNoChunkBeginsAreRefused(long offset) throws Exception {
    DataPlane origin = node(file(BYTES), settings());
    try (RawClient client = new RawClient(origin.address())) {
      assertThatThrownBy(() -> client.ask(2, "test", ID, offset)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aSilentPeerIsDropped() throws Exception {
    DataPlane origin = node(file(BYTES), idle(Duration.ofMillis(100)));
    try (RawClient client = new RawClient(origin.address())) {
      assertThat(drained(client)).isTrue();
    }
  }

  /** Its buffers are full long before the artefact's end. */
  @Test
  void aPeerThatDoesNotReadIsDropped() throws Exception {
    Path large = folder.resolve("large");
    try (var file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(64L << 20);
    }
    SharedFile shared = SharedFile.complete(large, Manifest.of(large));
    DataPlaneSettings one = limited(Duration.ofMillis(200), 1, 1L << 30, 8);
    DataPlane origin = node((id, patience) -> Optional.of(shared), one);
    try (RawClient client = new RawClient(origin.address())) {
      assertThat(client.ask(2, "test", ID, 0)).isZero();
      // The only place is taken until the watch frees it.
      while (!admitted(origin.address())) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean admitted(DataPlaneAddress server) throws IOException {
    try (RawClient client = new RawClient(server)) {
      return client.ask(2, "test", ID, 0) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void onePeerTooManyIsDropped() throws Exception {
    DataPlane origin = node(file(BYTES), limited(LONG, 1, 1L << 30, 8));
    try (RawClient holder = new RawClient(origin.address())) {
      // Connections are accepted in their order, so the first has the only place.
      assertThat(fetch(node(), ID, origin.address(), scripted(rest()).address()))
          .hasBinaryContent(BYTES);
      assertThat(holder.socket.isConnected()).isTrue();
    }
  }

  @Test
  void nodesWithTheAuthoritysCertificatesUnderstandEachOther() throws Exception {
    DataPlane origin = node(file(BYTES), tls(Certificates.NODE));
    assertThat(fetch(node(Source.none(), tls(Certificates.NODE)), ID, origin.address()))
        .hasBinaryContent(BYTES);
  }

  @Test
  void aClientWithoutACertificateOfTheAuthorityGetsNothing() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Source counting =
        (id, patience) -> {
          asked.incrementAndGet();
          return Optional.empty();
        };
    DataPlane origin = node(counting, tls(Certificates.NODE));
    assertFails(
        node(Source.none(), tls(Certificates.STRANGER)), origin.address() + ": ", origin.address());
    assertFails(node(), origin.address() + ": ", origin.address());
    assertThat(asked).hasValue(0);
  }

  @Test
  void aServerWithoutACertificateOfTheAuthorityIsNotBelieved() throws Exception {
    DataPlane impostor = node(file(BYTES), tls(Certificates.STRANGER));
    DataPlane plain = node(file(BYTES), settings());
    DataPlane node = node(Source.none(), tls(Certificates.NODE));
    assertFails(node, impostor.address() + ": ", impostor.address());
    assertFails(node, plain.address() + ": ", plain.address());
  }

  @Test
  void closingEndsTransfersAndFailsLaterOnes() throws Exception {
    SharedFile file =
        SharedFile.growing(Files.write(folder.resolve("slow"), BYTES), MANIFEST, HALF);
    DataPlane origin = node((id, patience) -> Optional.of(file), settings());
    DataPlane node = node();
    CompletableFuture<Path> fetched = begin(node, ID, origin.address());
    awaitBytes(node, HALF);

    node.close();

    assertThatThrownBy(fetched::get).isInstanceOf(ExecutionException.class);
    assertFails(node, "the data plane has stopped", origin.address());
    assertThat(folder.resolve("node-1").resolve(ID + ".partial")).hasSize(HALF);
  }

  private DataPlane node() {
    return node(Source.none(), settings());
  }

  private DataPlane node(Source own, DataPlaneSettings settings) {
    return node(folder.resolve("node-" + nodes++), own, settings);
  }

  private DataPlane node(Path own, Source source, DataPlaneSettings settings) {
    DataPlane node =
        DataPlane.start(new InetSocketAddress("127.0.0.1", 0), "127.0.0.1", own, source, settings);
    opened.add(node);
    return node;
  }

  private ScriptedSource scripted(Script... scripts) throws IOException {
    ScriptedSource source = new ScriptedSource(scripts);
    opened.add(source);
    return source;
  }

  /** Announces all, sends the first half. */
  private static Script half() {
    return (out, offset) -> {
      ScriptedSource.found(out, BYTES);
      ScriptedSource.frame(out, BYTES, 0, CHUNK);
      ScriptedSource.frame(out, BYTES, CHUNK, HALF);
    };
  }

  /** Sends what is asked for. */
  private static Script rest() {
    return (out, offset) -> {
      ScriptedSource.found(out, BYTES);
      if (offset >= 0) {
        ScriptedSource.frame(out, BYTES, offset, BYTES.length);
      }
    };
  }

  /** Offers these bytes, whatever is asked for. */
  private Source file(byte[] bytes) throws IOException {
    Path file = Files.write(Files.createTempFile(folder, "source", ""), bytes);
    SharedFile shared = SharedFile.complete(file, Manifest.of(file));
    return (id, patience) -> Optional.of(shared);
  }

  private static DataPlaneSettings settings() {
    return settings("test", Optional.empty());
  }

  private static DataPlaneSettings settings(String cluster, Optional<SSLContext> tls) {
    return new DataPlaneSettings(cluster, tls, LONG, LONG.dividedBy(2), 16, 1L << 30, 8);
  }

  private static DataPlaneSettings tls(SSLContext context) {
    return settings("test", Optional.of(context));
  }

  private static DataPlaneSettings idle(Duration idle) {
    return limited(idle, 16, 1L << 30, 8);
  }

  /** Does not wait for artefacts that may still come. */
  private static DataPlaneSettings impatient() {
    return idle(LONG);
  }

  private static DataPlaneSettings limited(Duration idle, int connections, long largest, int kept) {
    return new DataPlaneSettings(
        "test", Optional.empty(), idle, Duration.ZERO, connections, largest, kept);
  }

  private static Path fetch(DataPlane node, ArtifactId id, DataPlaneAddress... sources)
      throws Exception {
    return begin(node, id, sources).get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Path> begin(
      DataPlane node, ArtifactId id, DataPlaneAddress... sources) {
    return node.fetch(id, List.of(sources)).toCompletableFuture();
  }

  private static void assertFails(DataPlane node, String reason, DataPlaneAddress... sources) {
    assertThatThrownBy(() -> fetch(node, ID, sources))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(DataPlaneException.class)
        .hasMessageContaining(reason)
        .message()
        .hasLineCount(1);
  }

  /** Returns when a node has that many bytes, which it passes on as soon as it has them. */
  private static void awaitBytes(DataPlane node, int count) throws IOException {
    try (RawClient client = new RawClient(node.address())) {
      assertThat(client.ask(2, "test", ID, count - CHUNK)).isZero();
      assertThat(client.length()).isEqualTo(BYTES.length);
      int size = client.frame();
      while (size == 0) {
        size = client.frame();
      }
      assertThat(size).isPositive();
    }
  }

  /** Reads until the server closes the connection; false where it sends something useful. */
  private static boolean drained(RawClient client) {
    try {
      byte[] rest = client.in.readAllBytes();
      // A TLS alert is 7 bytes.
      return rest.length <= 7;
    } catch (IOException e) {
      return true;
    }
  }

  /** The artefacts in the folder of the n-th node. */
  private List<String> filesOf(int node) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("node-" + node))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> !n.equals("lock"))
          .toList();
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  /** Nobody listens where somebody did. */
  private static DataPlaneAddress deadAddress() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return new DataPlaneAddress("127.0.0.1", socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.proxima.actors.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3StoreTest {

  /** As {@link ManifestTest} derives it. */
  private static final ArtifactId ABC =
      new ArtifactId("6407bea2ae6e98476e58caca5ab2352d71da2d0bf67086a869710ef68d8c8dba");

  private static final String BUCKET = "artefacts";
  private static final int PART_BYTES = 5 << 20;

  /** Looks at the store as if all in it had been written an hour before. */
  private static final Duration HOUR_LATER = Duration.ofHours(-1);

  private static S3Server server;
  private static int tests;

  @TempDir Path folder;
  private String prefix;
  private String key;
  private S3Store store;

  @BeforeAll
  static void startServer() throws Exception {
    server = new S3Server(PART_BYTES);
    server.createBucket(BUCKET);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void openStore() {
    prefix = "runs/" + tests++ + "/";
    key = prefix + "64/" + ABC;
    store = open("node");
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void anotherNodeReadsWhatThisOneWrote() {
    assertThat(store.write(text("abc"))).isEqualTo(ABC);
    assertThat(keys()).containsExactly(key);
    assertThat(open("other").read(ABC)).hasContent("abc");
  }

  /** The server would refuse a larger object as a whole. */
  @ParameterizedTest
  @ValueSource(ints = {0, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 2 * PART_BYTES + 1})
  void largeFileIsUploadedInParts(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    ArtifactId id = store.write(path -> writeBytes(path, bytes));
    assertThat(open("other").read(id)).hasBinaryContent(bytes);
    assertThat(server.unfinishedUploads(BUCKET, prefix)).isZero();
  }

  @Test
  void damagedObjectIsRefusedInOneLineThatNamesItAndIsNotKept() throws IOException {
    server.put(BUCKET, key, "abd");
    assertThatThrownBy(() -> store.read(ABC))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("s3://" + BUCKET + "/" + key)
        .hasMessageContaining("wrong checksum")
        .message()
        .hasLineCount(1);
    assertThat(files("node")).isEmpty();
  }

  @Test
  void writingAgainMendsADamagedObject() {
    server.put(BUCKET, key, "abd");
    store.write(text("abc"));
    assertThat(open("other").read(ABC)).hasContent("abc");
  }

  @Test
  void damagedFileOfTheNodeIsFetchedAgain() {
    writeBytes(store.read(store.write(text("abc"))), new byte[2]);
    assertThat(open("node").read(ABC)).hasContent("abc");
  }

  @Test
  void missingObjectIsRefusedInOneLineThatNamesIt() {
    assertThatThrownBy(() -> store.read(ABC))
        .isInstanceOf(ArtifactException.class)
        .hasMessage(
            "s3://"
                + BUCKET
                + "/"
                + key
                + " is missing; restore it from a backup or start the run anew");
  }

  @Test
  void failingWriterLeavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                store.write(
                    path -> {
                      writeBytes(path, new byte[3]);
                      throw new IllegalStateException("half");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(keys()).isEmpty();
    assertThat(files("node")).isEmpty();
  }

  @Test
  void garbageIsWhatIsNeitherLiveNorYoungNorForeign() throws IOException {
    ArtifactId live = store.write(text("live"));
    store.write(text("abc"));
    server.put(BUCKET, prefix + "notes.txt", "mine");
    server.beginUpload(BUCKET, key);

    assertThat(store.retain(Set.of(live), Duration.ofHours(1))).isEqualTo(new Reclaimed(0, 0));
    assertThat(keys()).hasSize(3);
    assertThat(server.unfinishedUploads(BUCKET, prefix)).isEqualTo(1);

    assertThat(store.retain(Set.of(live), HOUR_LATER)).isEqualTo(new Reclaimed(1, 3));
    assertThat(keys())
        .containsExactlyInAnyOrder(prefix + StoredName.of(live), prefix + "notes.txt");
    assertThat(server.unfinishedUploads(BUCKET, prefix)).isZero();
    assertThat(files("node")).containsExactly(store.read(live));
    assertThatThrownBy(() -> store.read(ABC)).isInstanceOf(ArtifactException.class);
  }

  @Test
  void missingBucketIsNamedWhenTheStoreIsOpened() {
    assertThatThrownBy(() -> new S3Store(server.location("elsewhere", ""), folder))
        .isInstanceOf(ArtifactException.class)
        .hasMessage("s3://elsewhere/: there is no such bucket; create it");
  }

  @Test
  void wrongCredentialsAreNamedWhenTheStoreIsOpened() {
    S3Server.giveSecret("wrong");
    try {
      assertThatThrownBy(() -> open("node"))
          .isInstanceOf(ArtifactException.class)
          .hasMessageStartingWith("s3://" + BUCKET + "/: ")
          .hasMessageEndingWith("check credentials and settings of artifacts.s3")
          .message()
          .hasLineCount(1);
    } finally {
      S3Server.giveSecret("secret");
    }
  }

  @Test
  void serverThatDoesNotAnswerIsWorthAnotherTry() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    S3Location nowhere =
        new S3Location(
            BUCKET,
            "",
            Optional.of(URI.create("http://127.0.0.1:" + port)),
            Optional.empty(),
            true);
    assertThatThrownBy(() -> new S3Store(nowhere, folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("s3://" + BUCKET + "/: ")
        .message()
        .hasLineCount(1);
  }

  @Test
  void namesThatNoBucketOrPrefixHasAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.location("A", ""))
        .withMessage("not the name of a bucket: 'A'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.location(BUCKET, "runs"))
        .withMessage("not a prefix such as runs/apo/, with a slash at its end: 'runs'");
  }

  private S3Store open(String node) {
    return new S3Store(server.location(BUCKET, prefix), folder.resolve(node), PART_BYTES);
  }

  private List<String> keys() {
    return server.keys(BUCKET).stream().filter(name -> name.startsWith(prefix)).toList();
  }

  private List<Path> files(String node) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve(node))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static Consumer<Path> text(String text) {
    return path -> writeBytes(path, text.getBytes());
  }

  private static void writeBytes(Path path, byte[] bytes) {
    try {
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

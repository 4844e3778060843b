package dev.proxima.actors.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {

  /** As {@link ManifestTest} derives it. */
  private static final ArtifactId ABC =
      new ArtifactId("6407bea2ae6e98476e58caca5ab2352d71da2d0bf67086a869710ef68d8c8dba");

  @TempDir Path folder;
  private FolderStore store;

  @BeforeEach
  void openStore() {
    store = new FolderStore(folder.resolve("artifacts"));
  }

  @Test
  void namesContentByItsManifest() {
    assertThat(store.write(path -> writeText(path, "abc"))).isEqualTo(ABC);
    assertThat(store.read(ABC)).hasContent("abc");
    assertThat(store.manifest(ABC).length()).isEqualTo(3);
  }

  @Test
  void anotherProcessReadsWhatThisOneWrote() {
    store.write(path -> writeText(path, "abc"));
    assertThat(new FolderStore(folder.resolve("artifacts")).read(ABC)).hasContent("abc");
  }

  @Test
  void writingTheSameBytesTwiceKeepsOneFile() throws IOException {
    store.write(path -> writeText(path, "abc"));
    store.write(path -> writeText(path, "abc"));
    assertThat(files()).containsExactly(store.read(ABC));
  }

  @Test
  void writingAgainMendsADamagedFile() {
    writeText(store.read(store.write(path -> writeText(path, "abc"))), "damaged");
    store.write(path -> writeText(path, "abc"));
    assertThat(new FolderStore(folder.resolve("artifacts")).read(ABC)).hasContent("abc");
  }

  @Test
  void damagedFileIsRefusedInOneLineThatNamesIt() {
    Path file = store.read(store.write(path -> writeText(path, "abc")));
    writeText(file, "abd");
    assertThatThrownBy(() -> new FolderStore(folder.resolve("artifacts")).read(ABC))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("wrong checksum")
        .message()
        .hasLineCount(1);
  }

  @Test
  void missingFileIsRefusedInOneLineThatNamesIt() {
    assertThatThrownBy(() -> store.read(ABC))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(ABC.sha256())
        .hasMessageContaining("is missing")
        .message()
        .hasLineCount(1);
  }

  @Test
  void failingWriterLeavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                store.write(
                    path -> {
                      writeText(path, "half");
                      throw new IllegalStateException("full");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("full");
    assertThat(files()).isEmpty();
  }

  @Test
  void concurrentWritersOfEqualContentAllSucceed() throws Exception {
    int writers = 8;
    CyclicBarrier together = new CyclicBarrier(writers);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<ArtifactId>> ids = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        ids.add(
            threads.submit(
                () ->
                    store.write(
                        path -> {
                          writeText(path, "abc");
                          await(together);
                        })));
      }
      for (Future<ArtifactId> id : ids) {
        assertThat(id.get()).isEqualTo(ABC);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(files()).containsExactly(store.read(ABC));
  }

  @Test
  void folderThatCannotBeMadeIsNamed() {
    Path file = folder.resolve("file");
    writeText(file, "");
    assertThatThrownBy(() -> new FolderStore(file.resolve("artifacts")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void garbageIsWhatIsNeitherLiveNorYoungNorForeign() throws IOException {
    Path live = store.read(store.write(path -> writeText(path, "live")));
    Path old = store.read(store.write(path -> writeText(path, "abc")));
    Path young = store.read(store.write(path -> writeText(path, "young")));
    Path notes = folder.resolve("artifacts/notes.txt");
    Path abandoned = folder.resolve("artifacts/partial-of-the-dead");
    writeText(notes, "mine");
    writeText(abandoned, "half");
    for (Path file : List.of(live, old, notes, abandoned)) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    }
    Set<ArtifactId> needed = Set.of(new ArtifactId(live.getFileName().toString()));

    assertThat(store.retain(needed, Duration.ofHours(3))).isEqualTo(new Reclaimed(0, 0));
    assertThat(store.retain(needed, Duration.ofHours(1))).isEqualTo(new Reclaimed(1, 3 + 4));
    assertThat(files()).containsExactlyInAnyOrder(live, young, notes);
    assertThatThrownBy(() -> store.read(ABC)).hasMessageContaining("is missing");
    store.write(path -> writeText(path, "abc"));
    assertThat(store.read(ABC)).hasContent("abc");
  }

  @Test
  void writingAgainMakesAnArtefactYoung() throws IOException {
    Path file = store.read(store.write(path -> writeText(path, "abc")));
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    store.write(path -> writeText(path, "abc"));
    assertThat(store.retain(Set.of(), Duration.ofHours(1))).isEqualTo(new Reclaimed(0, 0));
    assertThat(store.read(ABC)).hasContent("abc");
  }

  @Test
  void truncatedFileIsRefused() throws IOException {
    Path file = store.read(store.write(path -> writeText(path, "abc")));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(2);
    }
    assertThatThrownBy(() -> new FolderStore(folder.resolve("artifacts")).read(ABC))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("wrong checksum");
  }

  /** A disk of 256 KiB, in memory. */
  @Test
  void fullDiskIsSaidInOneLineAndLeavesNothingHalfWritten() throws IOException {
    Configuration disk = Configuration.unix().toBuilder().setMaxSize(1 << 18).build();
    try (FileSystem system = Jimfs.newFileSystem(disk)) {
      Path small = system.getPath("/store");
      FolderStore onDisk = new FolderStore(small);
      ArtifactId before = onDisk.write(path -> writeText(path, "abc"));
      assertThatThrownBy(() -> onDisk.write(path -> writeText(path, "x".repeat(1 << 18))))
          .isInstanceOf(NoRoomException.class)
          .hasMessage("/store has no room left on its disk; make room");
      try (Stream<Path> all = Files.walk(small)) {
        assertThat(all.filter(Files::isRegularFile)).containsExactly(onDisk.read(before));
      }
      assertThat(onDisk.write(path -> writeText(path, "room again"))).isNotEqualTo(before);
    }
  }

  /** A large file that did not fit may be gone already, and much room with it. */
  @Test
  void whatTheSystemSaysOfRoomIsBelieved() {
    IOException full = new IOException("No space left on device");
    assertThatThrownBy(
            () ->
                store.write(
                    path -> {
                      throw new UncheckedIOException("model.safetensors: not written", full);
                    }))
        .isInstanceOf(NoRoomException.class)
        .hasMessage(folder.resolve("artifacts") + " has no room left on its disk; make room");
  }

  @Test
  void failureWithoutWordsIsGivenTheFolder() {
    assertThatThrownBy(
            () ->
                store.write(
                    path -> {
                      throw new UncheckedIOException(new IOException("File too large"));
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(folder.resolve("artifacts") + ": cannot store an artefact: File too large");
  }

  @Test
  void folderThatIsGoneIsNamed() throws IOException {
    Files.delete(folder.resolve("artifacts"));
    assertThatThrownBy(() -> store.write(path -> writeText(path, "abc")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageStartingWith(folder.resolve("artifacts") + " is gone: ")
        .message()
        .hasLineCount(1);
  }

  /** Two processes write the same forty artefacts at once, each in an order of its own. */
  @Test
  void twoProcessesWriteTheSameArtefacts() throws Exception {
    List<Process> writers = List.of(StoreWriter.start(folder, 1), StoreWriter.start(folder, 2));
    for (Process writer : writers) {
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(writer.exitValue()).isZero();
    }
    FolderStore reader = new FolderStore(folder);
    for (int i = 0; i < StoreWriter.ARTEFACTS; i++) {
      assertThat(reader.read(ArtifactId.of(StoreWriter.content(i))))
          .hasBinaryContent(StoreWriter.content(i));
    }
    assertThat(files()).hasSize(StoreWriter.ARTEFACTS);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static void writeText(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

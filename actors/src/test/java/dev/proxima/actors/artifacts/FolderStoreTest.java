package dev.proxima.actors.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {

  /** {@code printf abc | sha256sum}; also the first example of FIPS 180-2, appendix B. */
  private static final ArtifactId ABC =
      new ArtifactId("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  @TempDir Path folder;
  private FolderStore store;

  @BeforeEach
  void openStore() {
    store = new FolderStore(folder.resolve("artifacts"));
  }

  @Test
  void namesContentByItsSha256() {
    assertThat(store.write(path -> writeText(path, "abc"))).isEqualTo(ABC);
    assertThat(store.read(ABC)).hasContent("abc");
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

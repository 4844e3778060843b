package dev.proxima.models.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir Path folder;

  @Test
  void replacesAFileAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("f");
    AtomicFiles.writeString(file, "old");
    AtomicFiles.writeString(file, "naïve");
    assertThat(file).hasContent("naïve");
    assertThat(folder).isDirectoryNotContaining(entry -> !entry.equals(file));
  }

  @Test
  void readersSeeTheOldFileUntilTheNewOneIsWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    AtomicFiles.write(
        file,
        partial -> {
          Files.writeString(partial, "half");
          assertThat(file).hasContent("old");
          Files.writeString(partial, "new");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    assertThatIOException()
        .isThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    partial -> {
                      Files.writeString(partial, "half");
                      throw new IOException("disk full");
                    }))
        .withMessage("disk full");
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(entry -> !entry.equals(file));
  }

  @Test
  void whatAKilledWriterLeftIsReplaced() throws IOException {
    Path file = folder.resolve("f");
    Files.writeString(AtomicFiles.beside(file), "half of an earlier write");
    AtomicFiles.write(file, partial -> Files.createFile(partial));
    assertThat(file).isEmptyFile();
    assertThat(folder).isDirectoryNotContaining(entry -> !entry.equals(file));
  }

  /** FIPS 180-2, appendix B.1. */
  @Test
  void checksumsAreHexadecimal() throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertThat(Sha256.of(new ByteArrayInputStream(abc)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        .isEqualTo(Sha256.of(Files.write(folder.resolve("abc"), abc)));
  }
}

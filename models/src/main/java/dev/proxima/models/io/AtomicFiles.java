package dev.proxima.models.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that appear complete or not at all: written beside, forced to the disk and renamed over
 * what was there. A killed process leaves at most a {@code .partial} file, which the next write
 * replaces. One writer a file at a time.
 */
public final class AtomicFiles {

  private static final String PARTIAL = ".partial";

  /** Fills the file that is to be renamed. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path partial) throws IOException;
  }

  private AtomicFiles() {}

  /**
   * Writes a file; where {@code content} throws, whatever {@code target} held stays.
   *
   * @throws IOException when the file cannot be written
   */
  public static void write(Path target, Content content) throws IOException {
    Path partial = beside(target);
    try {
      Files.deleteIfExists(partial);
      content.writeTo(partial);
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
    forceDirectory(target.toAbsolutePath().getParent());
  }

  /**
   * Writes bytes as a file.
   *
   * @throws IOException when the file cannot be written
   */
  public static void write(Path target, byte[] bytes) throws IOException {
    write(target, partial -> Files.write(partial, bytes));
  }

  /**
   * Writes text as a file in UTF-8.
   *
   * @throws IOException when the file cannot be written
   */
  public static void writeString(Path target, String text) throws IOException {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The name under which a file or folder is written before it is renamed. */
  public static Path beside(Path target) {
    return target.resolveSibling(target.getFileName() + PARTIAL);
  }

  /**
   * Makes renames within a folder durable where the platform lets a folder be opened (not on
   * Windows).
   */
  public static void forceDirectory(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}

package dev.proxima.models.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The SHA-256 of a folder's files in a list that {@code sha256sum -c} reads. */
public final class Checksums {

  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *]([^/\\\\]+)");

  private Checksums() {}

  /**
   * Lists the files that lie directly in a folder, by name.
   *
   * @throws IOException when a file cannot be read or the list not be written
   */
  public static void write(Path folder, Path list) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    StringBuilder lines = new StringBuilder();
    for (Path file : files) {
      lines.append(Sha256.of(file)).append("  ").append(file.getFileName()).append('\n');
    }
    AtomicFiles.writeString(list, lines.toString());
  }

  /**
   * Reads every listed file, which lie beside the list.
   *
   * @throws IllegalArgumentException with one line that names the first file that is missing or has
   *     changed, or the list where it is missing or malformed
   * @throws UncheckedIOException when a file cannot be read
   */
  public static void verify(Path list) {
    try {
      for (String line : Files.readAllLines(list)) {
        Matcher entry = LINE.matcher(line);
        if (!entry.matches()) {
          throw new IllegalArgumentException(list + ": is not a list of checksums");
        }
        Path file = list.resolveSibling(entry.group(2));
        if (!Sha256.of(file).equals(entry.group(1))) {
          throw new IllegalArgumentException(
              file + ": is not what was saved: its checksum differs from " + list.getFileName());
        }
      }
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(e.getFile() + ": no such file", e);
    } catch (IOException e) {
      throw new UncheckedIOException(list + ": cannot be checked: " + e, e);
    }
  }
}

package dev.proxima.models.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Small random models of each architecture, which architectures.py made with transformers. */
public final class ArchitectureFolders {

  /** The tests' source of {@link #names}. */
  public static final String NAMES = "dev.proxima.models.architecture.ArchitectureFolders#names";

  private static final Path FOLDERS =
      Path.of("src/test/resources/dev/proxima/models/architectures");

  private ArchitectureFolders() {}

  /** The names of all folders. */
  static Stream<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(FOLDERS)) {
      return entries
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  /** A model's {@code config.json}. */
  static Path config(String name) {
    return FOLDERS.resolve(name).resolve("config.json");
  }
}

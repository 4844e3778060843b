package dev.proxima.actors.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A process that writes artefacts into a folder, in an order that its seed says. */
final class StoreWriter {

  static final int ARTEFACTS = 40;

  private static final int BYTES = 100_000;

  private StoreWriter() {}

  static Process start(Path folder, int seed) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            StoreWriter.class.getName(),
            folder.toString(),
            Integer.toString(seed))
        .inheritIO()
        .start();
  }

  static byte[] content(int number) {
    byte[] bytes = new byte[BYTES];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  public static void main(String[] arguments) {
    FolderStore store = new FolderStore(Path.of(arguments[0]));
    List<Integer> order = IntStream.range(0, ARTEFACTS).boxed().collect(Collectors.toList());
    Collections.shuffle(order, new Random(Long.parseLong(arguments[1])));
    order.forEach(number -> store.write(path -> write(path, content(number))));
  }

  private static void write(Path path, byte[] bytes) {
    try {
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.proxima.tests.faults;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Parameters on their way to a node.
 *
 * @param receiver whose cache they come into
 * @param partial the file that grows there
 * @param length its bytes when it is complete
 */
record Transfer(NodeProcess receiver, Path partial, long length) {

  private static final String PARTIAL = ".partial";
  private static final String FILES = "[0-9a-f]{64}(\\.partial)?";

  /** Empties the nodes' caches: all runs make the same parameters. */
  static void forget(TestCluster cluster) {
    for (NodeProcess node : cluster.nodes()) {
      for (File file : node.cache().toFile().listFiles((folder, name) -> name.matches(FILES))) {
        file.delete();
      }
    }
  }

  /** A transfer that is under way. */
  static Optional<Transfer> find(TestCluster cluster) {
    return cluster.nodes().stream()
        .filter(node -> node.is(NodePlan.WORKER))
        .flatMap(node -> partials(node).map(file -> of(cluster, node, file)))
        .findFirst();
  }

  private static Stream<Path> partials(NodeProcess node) {
    try (Stream<Path> files = Files.list(node.cache())) {
      return files.filter(file -> file.toString().endsWith(PARTIAL)).toList().stream();
    } catch (IOException e) {
      // The node has not made its folder yet.
      return Stream.empty();
    }
  }

  private static Transfer of(TestCluster cluster, NodeProcess receiver, Path partial) {
    String name = partial.getFileName().toString().replace(PARTIAL, "");
    Path whole = cluster.folder().resolve("artifacts").resolve(name.substring(0, 2)).resolve(name);
    try {
      return new Transfer(receiver, partial, Files.size(whole));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What has come; everything where it is over. */
  long received() {
    try {
      return Files.size(partial);
    } catch (IOException e) {
      return length;
    }
  }

  boolean isOver() {
    return received() >= length;
  }

  /** Whether the whole file is in the receiver's cache. */
  boolean hasArrived() {
    Path whole = partial.resolveSibling(partial.getFileName().toString().replace(PARTIAL, ""));
    return Files.exists(whole) && !Files.exists(partial);
  }
}

package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The artefacts that a node pulled, for one process at a time. A file has its artefact's name only
 * when it is complete; others may read it before, as it grows. Keeps the most recently used ones.
 */
final class LocalFolder implements Source, Closeable {

  private static final String PARTIAL = ".partial";

  private final Path folder;
  private final int kept;
  private final FileChannel lock;
  private final Map<ArtifactId, SharedFile> checked = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<ArtifactId, SharedFile> growing = new HashMap<>();
  private final Set<ArtifactId> pulled = new HashSet<>();

  /**
   * Opens the folder, which is created where it is missing.
   *
   * @throws IOException if it cannot be used; one line that names it
   */
  LocalFolder(Path folder, int kept) throws IOException {
    this.folder = folder;
    this.kept = kept;
    Files.createDirectories(folder);
    this.lock = lock(folder);
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      // Another data plane of this process.
    }
    file.close();
    throw new IOException(folder + " is in use by another node; give each a folder of its own");
  }

  /** The artefact's file, if it is complete and was checked in this process. */
  synchronized Optional<Path> find(ArtifactId id) {
    return use(id).map(file -> path(id));
  }

  private Optional<SharedFile> use(ArtifactId id) {
    if (!Files.isReadable(path(id))) {
      checked.remove(id);
    }
    return Optional.ofNullable(checked.get(id));
  }

  @Override
  public synchronized Optional<SharedFile> find(ArtifactId id, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<SharedFile> file = use(id).or(() -> Optional.ofNullable(growing.get(id)));
      if (file.isPresent()) {
        return file;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return Optional.empty();
      }
      wait(left);
    }
  }

  /** Where an artefact is to be written; nobody else deletes it before {@link #end}. */
  synchronized Path begin(ArtifactId id) {
    pulled.add(id);
    return partial(id);
  }

  /** What was begun is published or given up. */
  synchronized void end(ArtifactId id) {
    pulled.remove(id);
    growing.remove(id);
  }

  /** Lets others read a file as it grows. */
  synchronized void offer(ArtifactId id, SharedFile file) {
    growing.put(id, file);
    notifyAll();
  }

  /** Gives a complete and checked file the artefact's name. */
  synchronized Path publish(ArtifactId id, SharedFile file) throws IOException {
    file.moveTo(path(id));
    keep(id, file);
    return path(id);
  }

  /** Takes in a complete file that an earlier process left, now checked. */
  synchronized void keep(ArtifactId id, SharedFile file) throws IOException {
    checked.put(id, file);
    growing.remove(id);
    notifyAll();
    makeRoom();
  }

  /** Where the complete file lies. */
  Path path(ArtifactId id) {
    return folder.resolve(id.sha256());
  }

  private Path partial(ArtifactId id) {
    return folder.resolve(id.sha256() + PARTIAL);
  }

  /** Deletes the least recently used files beyond those to keep, and what nobody pulls any more. */
  private void makeRoom() throws IOException {
    Set<Path> needed = new HashSet<>();
    List<ArtifactId> byUse = List.copyOf(checked.keySet());
    byUse
        .subList(Math.max(0, byUse.size() - kept), byUse.size())
        .forEach(id -> needed.add(path(id)));
    pulled.forEach(id -> needed.addAll(List.of(path(id), partial(id))));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(LocalFolder::isArtifact).toList()) {
        if (!needed.contains(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
    byUse.stream().filter(id -> !needed.contains(path(id))).forEach(checked::remove);
  }

  private static boolean isArtifact(Path file) {
    return file.getFileName().toString().matches("[0-9a-f]{64}(\\.partial)?");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}

package dev.proxima.actors.artifacts;

import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Artefacts as files in one folder that all nodes share. */
public final class FolderStore implements ArtifactStore {

  private static final String PARTIAL = "partial-";

  /** With less room than a page or two, a write has failed for want of room. */
  private static final long NO_ROOM = 1 << 14;

  private final Path folder;
  private final Map<ArtifactId, Manifest> verified = new ConcurrentHashMap<>();

  /** Opens the store in {@code folder}, which is created where it is missing. */
  public FolderStore(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ArtifactException("cannot create the folder " + folder + ": " + reason(e));
    }
  }

  @Override
  public ArtifactId write(Consumer<Path> writer) {
    return write(writer, found -> {});
  }

  /** As {@link #write(Consumer)}; nothing is stored when {@code check} refuses what was found. */
  ArtifactId write(Consumer<Path> writer, Consumer<ArtifactId> check) {
    Path partial = folder.resolve(PARTIAL + UUID.randomUUID());
    try {
      writer.accept(partial);
      Manifest manifest = Manifest.of(partial);
      ArtifactId id = manifest.id();
      check.accept(id);
      publish(partial, id);
      verified.put(id, manifest);
      return id;
    } catch (IOException e) {
      throw unwritable(notStored(e));
    } catch (UncheckedIOException e) {
      boolean speaks = !e.getMessage().equals(e.getCause().toString());
      throw unwritable(speaks ? e : notStored(e.getCause()));
    } finally {
      deleteQuietly(partial);
    }
  }

  @Override
  public Path read(ArtifactId id) {
    manifest(id);
    return path(id);
  }

  @Override
  public Manifest manifest(ArtifactId id) {
    Path path = path(id);
    if (!Files.isReadable(path)) {
      throw new ArtifactException(
          path + " is missing; restore it from a backup or start the run anew");
    }
    Manifest found = verify(id);
    if (!found.id().equals(id)) {
      throw new ArtifactException(
          path
              + " has a wrong checksum ("
              + found.id().sha256().substring(0, 12)
              + "...): restore it from a backup or start the run anew");
    }
    return found;
  }

  /** The artefact's file where it is there as its name says. */
  Optional<Path> find(ArtifactId id) {
    Path path = path(id);
    return Files.isReadable(path) && verify(id).id().equals(id)
        ? Optional.of(path)
        : Optional.empty();
  }

  @Override
  public Reclaimed retain(Set<ArtifactId> live, Duration grace) {
    try {
      Instant youngest = now().minus(grace);
      Reclaimed reclaimed = Reclaimed.NOTHING;
      for (Path file : files()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        Optional<ArtifactId> id = StoredName.parse(name);
        if (id.isPresent() ? !live.contains(id.get()) : name.startsWith(PARTIAL)) {
          reclaimed = reclaimed.plus(deleteOlder(file, youngest, id.isPresent() ? 1 : 0));
          id.ifPresent(verified::remove);
        }
      }
      return reclaimed;
    } catch (IOException e) {
      throw unwritable(
          new UncheckedIOException(folder + ": cannot collect garbage: " + reason(e), e));
    }
  }

  private void publish(Path partial, ArtifactId id) throws IOException {
    try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Path target = path(id);
    Files.createDirectories(target.getParent());
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.forceDirectory(target.getParent());
  }

  /** What the content is; it was looked at before where it was found to be right then. */
  private Manifest verify(ArtifactId id) {
    Manifest before = verified.get(id);
    if (before != null) {
      return before;
    }
    try {
      Manifest found = Manifest.of(path(id));
      if (found.id().equals(id)) {
        verified.put(id, found);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(path(id) + " cannot be read: " + reason(e), e);
    }
  }

  /** The time by the clock that gives files their times, which may be a file server's. */
  private Instant now() throws IOException {
    Path probe = Files.createFile(folder.resolve(PARTIAL + UUID.randomUUID()));
    try {
      return Files.getLastModifiedTime(probe).toInstant();
    } finally {
      deleteQuietly(probe);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** The age is looked at last of all, since the file may just have been written again. */
  private static Reclaimed deleteOlder(Path file, Instant youngest, int artifacts)
      throws IOException {
    try {
      long bytes = Files.size(file);
      if (Files.getLastModifiedTime(file).toInstant().isAfter(youngest)) {
        return Reclaimed.NOTHING;
      }
      Files.delete(file);
      return new Reclaimed(artifacts, bytes);
    } catch (NoSuchFileException e) {
      return Reclaimed.NOTHING;
    }
  }

  private UncheckedIOException notStored(IOException cause) {
    return new UncheckedIOException(folder + ": cannot store an artefact: " + reason(cause), cause);
  }

  /** What to throw where writing failed: what the user can mend is said as such. */
  private RuntimeException unwritable(UncheckedIOException failure) {
    try {
      if (NoRoomException.isBehind(failure)
          || Files.getFileStore(folder).getUsableSpace() < NO_ROOM) {
        return new NoRoomException(folder + " has no room left on its disk; make room");
      }
      if (!Files.isWritable(folder)) {
        return new ArtifactException(
            folder + " cannot be written; make it writable and have the run go on");
      }
      return failure;
    } catch (IOException e) {
      return new ArtifactException(folder + " is gone: " + reason(e) + "; start the run anew");
    }
  }

  private Path path(ArtifactId id) {
    return folder.resolve(StoredName.of(id));
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A left-over partial file is harmless, and collected one day.
    }
  }

  private static String reason(IOException e) {
    String text = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return FirstLine.of(text == null ? e.toString() : text);
  }
}

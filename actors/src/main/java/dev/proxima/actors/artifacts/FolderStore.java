package dev.proxima.actors.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Artefacts as files in one folder that all nodes share. */
public final class FolderStore implements ArtifactStore {

  private final Path folder;
  private final Set<ArtifactId> verified = ConcurrentHashMap.newKeySet();

  /** Opens the store in {@code folder}, which is created where it is missing. */
  public FolderStore(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ArtifactException("cannot create the folder " + folder + ": " + e.getMessage());
    }
  }

  @Override
  public ArtifactId write(Consumer<Path> writer) {
    Path partial = folder.resolve("partial-" + UUID.randomUUID());
    try {
      writer.accept(partial);
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      ArtifactId id = hash(partial);
      Path target = path(id);
      Files.createDirectories(target.getParent());
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      sync(target.getParent());
      verified.add(id);
      return id;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deleteQuietly(partial);
    }
  }

  @Override
  public Path read(ArtifactId id) {
    Path path = path(id);
    if (!Files.isReadable(path)) {
      throw new ArtifactException(path + " is missing; start the run again without --resume");
    }
    if (!verified.contains(id)) {
      ArtifactId found;
      try {
        found = hash(path);
      } catch (IOException e) {
        throw new UncheckedIOException(path + " cannot be read: " + e.getMessage(), e);
      }
      if (!found.equals(id)) {
        throw new ArtifactException(
            path
                + " has a wrong checksum ("
                + found.sha256().substring(0, 12)
                + "...): restore it from a backup or start the run again without --resume");
      }
      verified.add(id);
    }
    return path;
  }

  private Path path(ArtifactId id) {
    return folder.resolve(id.sha256().substring(0, 2)).resolve(id.sha256());
  }

  private static ArtifactId hash(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return ArtifactId.of(in);
    }
  }

  /** Brings a new name to the disk, where the system lets a folder be opened for that. */
  private static void sync(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file itself is on the disk; only a power cut could lose its name.
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A left-over partial file is harmless: nothing names it.
    }
  }
}

package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.models.io.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * An artefact while it comes: written in order, offered to other nodes and hashed on a thread of
 * its own meanwhile. It begins with what an earlier attempt, or an earlier process, left; only the
 * SHA-256 at the end says whether that was right.
 */
final class Partial implements Closeable {

  private final ArtifactId id;
  private final LocalFolder folder;
  private final Path path;
  private final FileChannel channel;
  private final Executor threads;
  private long received;
  private SharedFile file;
  private CompletableFuture<ArtifactId> hash;

  /**
   * @throws DataPlaneException if the folder cannot be written
   */
  Partial(ArtifactId id, LocalFolder folder, Executor threads) {
    this.id = id;
    this.folder = folder;
    this.threads = threads;
    this.path = folder.begin(id);
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      received = channel.size();
    } catch (IOException e) {
      folder.end(id);
      throw cannotWrite(e);
    }
  }

  /** The bytes that are there. */
  long received() {
    return received;
  }

  /** Whether the artefact's length is known. */
  boolean isAnnounced() {
    return file != null;
  }

  /** The artefact's bytes, once announced. */
  long length() {
    return file.length();
  }

  boolean isComplete() {
    return file != null && received == file.length();
  }

  /**
   * Takes note of the artefact's length, at least {@link #received}; from now on others see it.
   *
   * @param verify whether {@link #hash} will be asked for
   * @throws IOException if the disk has no room for so much
   */
  void announce(long length, boolean verify) throws IOException {
    long free = Files.getFileStore(path).getUsableSpace();
    if (length - received > free) {
      throw new IOException(
          "no room for %s: %d bytes to come, %d free; make room or choose another folder"
              .formatted(path, length - received, free));
    }
    file = SharedFile.growing(path, length, received);
    if (verify) {
      hash = CompletableFuture.supplyAsync(this::computeHash, threads);
    }
    folder.offer(id, file);
  }

  private ArtifactId computeHash() {
    try (InputStream bytes = new SharedFileStream(file)) {
      return new ArtifactId(Sha256.of(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Appends bytes.
   *
   * @param checksum their CRC32C
   * @throws DataPlaneException if they cannot be written, as on a full disk
   */
  void append(ByteBuffer bytes, int checksum) {
    file.checksums().put(received, bytes.remaining(), checksum);
    try {
      while (bytes.hasRemaining()) {
        received += channel.write(bytes, received);
      }
    } catch (ClosedChannelException e) {
      // The process stops; the next one goes on here.
      throw cannotWrite(e);
    } catch (IOException e) {
      DataPlaneException failure = cannotWrite(e);
      discard();
      throw failure;
    }
    file.advance(received);
  }

  /** The artefact's name by its content, once complete. */
  ArtifactId hash() throws InterruptedException {
    try {
      return hash.get();
    } catch (ExecutionException e) {
      throw new DataPlaneException(path + " cannot be read: " + Reasons.of(e.getCause()), e);
    }
  }

  /** Makes it visible under its name. */
  Path publish() {
    try {
      return folder.publish(id, file);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** Deletes it; those that it was offered to drop what they have. */
  void discard() {
    if (file != null) {
      file.withdraw();
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private DataPlaneException cannotWrite(IOException e) {
    return new DataPlaneException("cannot write %s: %s".formatted(path, Reasons.of(e)), e);
  }

  @Override
  public void close() {
    folder.end(id);
    if (file != null) {
      file.abandon();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // Whatever was not written is missing at the end, and is pulled again.
    }
  }
}

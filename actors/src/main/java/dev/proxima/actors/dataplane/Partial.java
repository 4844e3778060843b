package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.Manifest;
import dev.proxima.algorithms.text.FirstLine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An artefact while it comes: its chunks are checked, written in order and offered to other nodes.
 * It begins with the right chunks of what an earlier attempt, or an earlier process, left.
 */
final class Partial implements Closeable {

  /** Bytes that others are told of at a time: waking them for each chunk costs more. */
  private static final int BATCH = 4 * Manifest.CHUNK;

  private final ArtifactId id;
  private final LocalFolder folder;
  private final Path path;
  private final FileChannel channel;
  private long received;
  private long offered;
  private SharedFile file;

  /**
   * @throws DataPlaneException if the folder cannot be written
   */
  Partial(ArtifactId id, LocalFolder folder) {
    this.id = id;
    this.folder = folder;
    this.path = folder.begin(id);
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      folder.end(id);
      throw cannotWrite(e);
    }
  }

  /** The bytes that are there and right; whole chunks. */
  long received() {
    return received;
  }

  /** Whether an earlier attempt left bytes that nobody has checked yet. */
  boolean isUnchecked() throws IOException {
    return file == null && channel.size() > 0;
  }

  /** Whether it is known what the artefact consists of. */
  boolean isAnnounced() {
    return file != null;
  }

  boolean isComplete() {
    return received == file.length();
  }

  /**
   * Takes note of what the artefact consists of; from now on others see it.
   *
   * @param manifest the one that the artefact is named by
   * @throws DataPlaneException if what an earlier attempt left cannot be read
   */
  void announce(Manifest manifest) {
    try {
      ByteBuffer chunk = ByteBuffer.allocateDirect(Manifest.CHUNK);
      while (received < manifest.length() && inherits(manifest, chunk)) {
        received += chunk.remaining();
      }
      if (channel.size() > received) {
        channel.truncate(received);
      }
    } catch (IOException e) {
      throw new DataPlaneException(path + " cannot be read: " + FirstLine.of(e), e);
    }
    file = SharedFile.growing(path, manifest, received);
    offered = received;
    folder.offer(id, file);
  }

  /** Reads the next chunk of what an earlier attempt left; false where it is not there as such. */
  private boolean inherits(Manifest manifest, ByteBuffer chunk) throws IOException {
    chunk.clear().limit(manifest.chunkAt(received));
    while (chunk.hasRemaining()) {
      if (channel.read(chunk, received + chunk.position()) < 0) {
        return false;
      }
    }
    return manifest.matches(received, chunk.flip());
  }

  /** The bytes of the next chunk. */
  int nextChunk() {
    return file.manifest().chunkAt(received);
  }

  /**
   * Checks that the disk has room for an artefact.
   *
   * @throws IOException if it does not
   */
  void checkRoom(long length) throws IOException {
    long missing = length - channel.size();
    long free = Files.getFileStore(path).getUsableSpace();
    if (missing > free) {
      throw new IOException(
          "no room for %s: %d bytes to come, %d free; make room or choose another folder"
              .formatted(path, missing, free));
    }
  }

  /**
   * Appends the next chunk.
   *
   * @return false where it is not right; nothing is done then
   * @throws DataPlaneException if it cannot be written, as on a full disk
   */
  boolean append(ByteBuffer chunk) {
    if (!file.manifest().matches(received, chunk)) {
      return false;
    }
    try {
      while (chunk.hasRemaining()) {
        received += channel.write(chunk, received);
      }
    } catch (ClosedChannelException e) {
      // The process stops; the next one goes on here.
      throw cannotWrite(e);
    } catch (IOException e) {
      DataPlaneException failure = cannotWrite(e);
      discard();
      throw failure;
    }
    if (received - offered >= BATCH || isComplete()) {
      offer();
    }
    return true;
  }

  /** Offers others all that is there, where not so much has come since that it was already. */
  void offer() {
    file.advance(received);
    offered = received;
  }

  /** Makes it visible under its name. */
  Path publish() {
    try {
      return folder.publish(id, file);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private void discard() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private DataPlaneException cannotWrite(IOException e) {
    return new DataPlaneException("cannot write %s: %s".formatted(path, FirstLine.of(e)), e);
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

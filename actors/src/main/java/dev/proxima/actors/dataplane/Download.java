package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.dataplane.Protocol.Answer;
import dev.proxima.actors.dataplane.Protocol.ProtocolException;
import dev.proxima.actors.dataplane.Protocol.Request;
import dev.proxima.actors.dataplane.Protocol.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Pulls one artefact from the first of several sources that has it. After a failure it goes on
 * where it was: from the same source where that had sent something, else from the next. Sources
 * that sent wrong bytes are not asked again.
 */
final class Download {

  /** A source may wait for its own source, but not for ever. */
  private static final int IDLES_WITHOUT_BYTES = 10;

  /** This attempt's bytes are wrong, or the sources do not agree what they are. */
  private static final class WrongBytesException extends IOException {

    private final transient Set<DataPlaneAddress> culprits;

    WrongBytesException(String message, Set<DataPlaneAddress> culprits) {
      super(message);
      this.culprits = Set.copyOf(culprits);
    }
  }

  private final ArtifactId id;
  private final LocalFolder folder;
  private final DataPlaneSettings settings;
  private final Watch watch;
  private final Executor threads;
  private final List<DataPlaneAddress> sources;
  private final Set<DataPlaneAddress> contributors = new LinkedHashSet<>();
  private final Set<String> failures = new LinkedHashSet<>();

  Download(
      ArtifactId id,
      List<DataPlaneAddress> sources,
      LocalFolder folder,
      DataPlaneSettings settings,
      Watch watch,
      Executor threads) {
    this.id = id;
    this.sources = new ArrayList<>(new LinkedHashSet<>(sources));
    this.folder = folder;
    this.settings = settings;
    this.watch = watch;
    this.threads = threads;
  }

  /**
   * Pulls until the artefact is complete, which blocks.
   *
   * @throws DataPlaneException if no source delivers it or it cannot be written
   */
  Path run() throws InterruptedException {
    boolean again = true;
    while (again && !sources.isEmpty()) {
      contributors.clear();
      try (Partial partial = new Partial(id, folder, threads)) {
        boolean inherited = partial.received() > 0;
        try {
          if (receiveFromAny(partial)) {
            verify(partial);
            return partial.publish();
          }
          again = false;
        } catch (WrongBytesException e) {
          partial.discard();
          failures.add(e.getMessage());
          // What an earlier attempt left may be what is wrong.
          if (!inherited) {
            sources.removeAll(e.culprits);
          }
        }
      }
    }
    throw new DataPlaneException(
        "%s came from no source: %s".formatted(id, String.join("; ", failures)));
  }

  private boolean receiveFromAny(Partial partial) throws WrongBytesException {
    for (DataPlaneAddress source : sources) {
      long before;
      do {
        before = partial.received();
        try (Connection server = Connection.open(source, settings.tls(), watch)) {
          receive(partial, source, server);
          return true;
        } catch (WrongBytesException e) {
          throw e;
        } catch (IOException e) {
          failures.add(source + ": " + Reasons.of(e));
        }
      } while (partial.received() > before);
    }
    return false;
  }

  private void receive(Partial partial, DataPlaneAddress source, Connection server)
      throws IOException {
    new Request(settings.cluster(), id, partial.received()).send(server);
    Answer answer = Answer.receive(server);
    if (answer.status() != Status.FOUND) {
      throw new IOException("it " + answer.status().text());
    }
    if (answer.length() < 0 || answer.length() > settings.largest()) {
      throw new ProtocolException(
          "it announces %d bytes; at most %d are accepted"
              .formatted(answer.length(), settings.largest()));
    }
    agree(partial, source, answer.length());
    ByteBuffer header = server.allocate(Protocol.FRAME_HEADER);
    ByteBuffer chunk = server.allocate(Protocol.CHUNK);
    long lastBytes = System.nanoTime();
    while (!partial.isComplete()) {
      server.progressed();
      server.read(header.clear());
      int size = header.getInt(0);
      if (size == Protocol.WITHDRAWN) {
        withdrawn(source);
      } else if (size == Protocol.KEEP_ALIVE) {
        checkPatience(lastBytes);
      } else {
        int checksum = header.getInt(Integer.BYTES);
        readChunk(server, chunk, size, checksum, partial);
        partial.append(chunk, checksum);
        contributors.add(source);
        lastBytes = System.nanoTime();
      }
    }
  }

  private void agree(Partial partial, DataPlaneAddress source, long length) throws IOException {
    if (partial.isAnnounced() ? partial.length() != length : partial.received() > length) {
      throw new WrongBytesException(
          "%s: it announces %d bytes, which does not fit what came before"
              .formatted(source, length),
          contributors);
    }
    if (!partial.isAnnounced()) {
      partial.announce(length, settings.verify());
      contributors.add(source);
    }
  }

  private void withdrawn(DataPlaneAddress source) throws IOException {
    String reason = "its bytes turned out to be wrong";
    if (contributors.contains(source)) {
      throw new WrongBytesException(source + ": " + reason, Set.of(source));
    }
    throw new IOException(reason);
  }

  private void checkPatience(long lastBytes) throws IOException {
    Duration patience = settings.idle().multipliedBy(IDLES_WITHOUT_BYTES);
    if (System.nanoTime() - lastBytes > patience.toNanos()) {
      throw new IOException("it had no bytes for " + patience.toSeconds() + " s");
    }
  }

  private static void readChunk(
      Connection server, ByteBuffer chunk, int size, int checksum, Partial partial)
      throws IOException {
    if (size < 0 || size > Protocol.CHUNK || size > partial.length() - partial.received()) {
      throw new ProtocolException("it announces a chunk of " + size + " bytes");
    }
    server.read(chunk.clear().limit(size));
    if (ChunkChecksums.of(chunk.flip()) != checksum) {
      throw new ProtocolException(
          "a chunk at %d has a wrong checksum".formatted(partial.received()));
    }
    chunk.rewind();
  }

  private void verify(Partial partial) throws WrongBytesException, InterruptedException {
    if (settings.verify()) {
      ArtifactId found = partial.hash();
      if (!found.equals(id)) {
        throw new WrongBytesException(
            "%s sent %s... instead".formatted(contributors, found.sha256().substring(0, 12)),
            contributors);
      }
    }
  }
}

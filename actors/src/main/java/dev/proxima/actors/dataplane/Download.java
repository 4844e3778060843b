package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.Manifest;
import dev.proxima.actors.dataplane.Protocol.Answer;
import dev.proxima.actors.dataplane.Protocol.ProtocolException;
import dev.proxima.actors.dataplane.Protocol.Request;
import dev.proxima.algorithms.text.FirstLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Pulls one artefact from the first of several sources that has it. After a failure it goes on
 * where it was: from the same source where that had sent something, else from the next. What is not
 * as the artefact's name says is not taken: a manifest by its SHA-256, then a chunk by its CRC32C.
 */
final class Download {

  /** A source may wait for its own source, but not for ever. */
  private static final int IDLES_WITHOUT_BYTES = 10;

  private final ArtifactId id;
  private final LocalFolder folder;
  private final DataPlaneSettings settings;
  private final Watch watch;
  private final List<DataPlaneAddress> sources;
  private final Set<String> failures = new LinkedHashSet<>();

  Download(
      ArtifactId id,
      List<DataPlaneAddress> sources,
      LocalFolder folder,
      DataPlaneSettings settings,
      Watch watch) {
    this.id = id;
    this.sources = List.copyOf(new LinkedHashSet<>(sources));
    this.folder = folder;
    this.settings = settings;
    this.watch = watch;
  }

  /**
   * Pulls until the artefact is complete, which blocks.
   *
   * @throws DataPlaneException if no source delivers it or it cannot be written
   */
  Path run() {
    try (Partial partial = new Partial(id, folder)) {
      for (DataPlaneAddress source : sources) {
        if (receiveAll(partial, source)) {
          return partial.publish();
        }
      }
    }
    throw new DataPlaneException(
        "%s came from no source: %s".formatted(id, String.join("; ", failures)));
  }

  /** Returns whether the artefact is complete; asks again as long as that brings more of it. */
  private boolean receiveAll(Partial partial, DataPlaneAddress source) {
    long before;
    do {
      before = partial.received();
      try {
        if (partial.isUnchecked()) {
          checkLeftOver(partial, source);
        }
        receive(partial, source);
        return true;
      } catch (IOException e) {
        failures.add(source + ": " + FirstLine.of(e));
      }
    } while (partial.received() > before);
    return false;
  }

  /** Reading what is there may take longer than a server waits. */
  private void checkLeftOver(Partial partial, DataPlaneAddress source) throws IOException {
    Manifest manifest;
    try (Connection server = Connection.open(source, settings.tls(), watch)) {
      manifest = receiveManifest(partial, server, Request.NOTHING);
    }
    partial.announce(manifest);
  }

  private void receive(Partial partial, DataPlaneAddress source) throws IOException {
    try (Connection server = Connection.open(source, settings.tls(), watch)) {
      Manifest manifest = receiveManifest(partial, server, partial.received());
      if (!partial.isAnnounced()) {
        partial.announce(manifest);
      }
      receiveFrames(partial, server);
    }
  }

  private void receiveFrames(Partial partial, Connection server) throws IOException {
    ByteBuffer chunk = server.allocate(Manifest.CHUNK);
    long lastBytes = System.nanoTime();
    while (!partial.isComplete()) {
      server.progressed();
      long end = partial.received() + Protocol.receiveFrame(server);
      if (end == partial.received()) {
        checkPatience(lastBytes);
      } else {
        receiveChunks(partial, end, chunk, server);
        partial.offer();
        lastBytes = System.nanoTime();
      }
    }
  }

  private Manifest receiveManifest(Partial partial, Connection server, long offset)
      throws IOException {
    Answer answer = new Request(settings.cluster(), id, offset).ask(server);
    if (answer.length() < 0 || answer.length() > settings.largest()) {
      throw new ProtocolException(
          "it announces %d bytes; at most %d are accepted"
              .formatted(answer.length(), settings.largest()));
    }
    partial.checkRoom(answer.length());
    Manifest manifest = Protocol.receiveManifest(server, answer.length());
    if (!manifest.id().equals(id)) {
      throw new ProtocolException(
          "it has %s... instead".formatted(manifest.id().sha256().substring(0, 12)));
    }
    return manifest;
  }

  private static void receiveChunks(Partial partial, long end, ByteBuffer chunk, Connection server)
      throws IOException {
    while (partial.received() < end) {
      int size = partial.isComplete() ? 0 : partial.nextChunk();
      if (size == 0 || size > end - partial.received()) {
        throw new ProtocolException("it announces bytes that are no whole chunks");
      }
      server.read(chunk.clear().limit(size));
      server.progressed();
      if (!partial.append(chunk.flip())) {
        throw new ProtocolException(
            "a chunk at %d has a wrong checksum".formatted(partial.received()));
      }
    }
  }

  private void checkPatience(long lastBytes) throws IOException {
    Duration patience = settings.idle().multipliedBy(IDLES_WITHOUT_BYTES);
    if (System.nanoTime() - lastBytes > patience.toNanos()) {
      throw new IOException("it had no bytes for " + patience.toSeconds() + " s");
    }
  }
}

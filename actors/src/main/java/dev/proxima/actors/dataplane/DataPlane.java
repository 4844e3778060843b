package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.Manifest;
import dev.proxima.actors.dataplane.Protocol.Request;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.RingBrokenException;
import dev.proxima.models.TrainingRing;
import dev.proxima.models.io.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's end of the data plane: pulls artefacts into a folder of the node and serves them to
 * others, already while they come, so that a broadcast runs through a chain or tree of nodes at the
 * speed of one transfer. Connections and threads of its own keep large transfers away from the
 * actors' messages; the memory that it uses depends on the number of connections alone. For use by
 * any number of threads.
 */
public final class DataPlane implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);
  private static final int GRACE_SECONDS = 5;

  /** Nodes begin a training together when each has its parameters, which some must fetch. */
  private static final Duration RING_PATIENCE = Duration.ofMinutes(5);

  private final LocalFolder folder;
  private final DataPlaneSettings settings;
  private final Watch watch;
  private final Rings rings = new Rings(RING_PATIENCE);
  private final ExecutorService threads;
  private final DataPlaneServer server;
  private final DataPlaneAddress address;
  private final Map<ArtifactId, CompletableFuture<Path>> underWay = new ConcurrentHashMap<>();

  private DataPlane(
      InetSocketAddress bind,
      String host,
      LocalFolder folder,
      Source own,
      DataPlaneSettings settings)
      throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.watch = new Watch(settings.idle());
    this.threads = Executors.newCachedThreadPool(new DaemonThreads("data-plane"));
    try {
      server = new DataPlaneServer(bind, either(own, folder), rings, settings, watch, threads);
    } catch (IOException | RuntimeException e) {
      watch.close();
      threads.shutdownNow();
      throw e;
    }
    this.address = new DataPlaneAddress(host, server.port());
  }

  /**
   * Begins to serve.
   *
   * @param bind the address to listen on; port 0 for any free one
   * @param host the name or address under which others reach it
   * @param folder for pulled artefacts; this node's alone, created where it is missing
   * @param own what the node serves without having pulled it
   * @throws DataPlaneException if the address or the folder cannot be used
   */
  public static DataPlane start(
      InetSocketAddress bind, String host, Path folder, Source own, DataPlaneSettings settings) {
    LocalFolder local;
    try {
      local = new LocalFolder(folder, settings.kept());
    } catch (IOException e) {
      throw new DataPlaneException("cannot use the folder " + folder + ": " + FirstLine.of(e), e);
    }
    try {
      return new DataPlane(bind, host, local, own, settings);
    } catch (IOException | RuntimeException e) {
      closeQuietly(local);
      throw new DataPlaneException("cannot serve artefacts on " + bind + ": " + FirstLine.of(e), e);
    }
  }

  /** What the node has of its own comes first: it is complete. */
  private static Source either(Source own, LocalFolder folder) {
    return (id, patience) -> {
      Optional<SharedFile> file = own.find(id, Duration.ZERO);
      return file.isPresent() ? file : folder.find(id, patience);
    };
  }

  /** Where this node serves. */
  public DataPlaneAddress address() {
    return address;
  }

  /** The file of an artefact that was pulled and checked; does not block. */
  public Optional<Path> find(ArtifactId id) {
    return folder.find(id);
  }

  /**
   * Brings an artefact into the node's folder, from the first source that delivers it. The file is
   * complete and checked; it stays until so many others were used after it as the settings keep.
   * Asked again while it is under way, the first request's sources count.
   *
   * @param sources in order of preference
   * @return fails with a {@link DataPlaneException}
   */
  public CompletionStage<Path> fetch(ArtifactId id, List<DataPlaneAddress> sources) {
    CompletableFuture<Path> mine = new CompletableFuture<>();
    CompletableFuture<Path> first = underWay.putIfAbsent(id, mine);
    if (first != null) {
      return first.minimalCompletionStage();
    }
    try {
      threads.execute(() -> bring(id, sources, mine));
    } catch (RejectedExecutionException e) {
      underWay.remove(id);
      mine.completeExceptionally(new DataPlaneException("the data plane has stopped", e));
    }
    return mine.minimalCompletionStage();
  }

  private void bring(
      ArtifactId id, List<DataPlaneAddress> sources, CompletableFuture<Path> result) {
    try {
      Path file = bring(id, sources);
      underWay.remove(id);
      result.complete(file);
    } catch (Throwable e) {
      underWay.remove(id);
      result.completeExceptionally(e);
    }
  }

  private Path bring(ArtifactId id, List<DataPlaneAddress> sources) {
    Optional<Path> here = find(id).or(() -> checkLeftOver(id));
    if (here.isPresent()) {
      return here.get();
    }
    List<DataPlaneAddress> others = sources.stream().filter(each -> !each.equals(address)).toList();
    return new Download(id, others, folder, settings, watch).run();
  }

  /** An earlier process of this node may have left the file. */
  private Optional<Path> checkLeftOver(ArtifactId id) {
    Path file = folder.path(id);
    try {
      if (Files.isRegularFile(file)) {
        Manifest manifest = Manifest.of(file);
        if (manifest.id().equals(id)) {
          folder.keep(id, SharedFile.complete(file, manifest));
          return Optional.of(file);
        }
        Files.delete(file);
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new DataPlaneException(file + " cannot be read: " + FirstLine.of(e), e);
    }
  }

  /**
   * Joins the nodes that make each step of a training together, and waits for its neighbours.
   *
   * @throws RingBrokenException if one of them cannot be reached or does not come
   */
  public TrainingRing join(RingSeat seat) {
    try {
      Connection next = Connection.open(seat.next(), settings.tls(), watch);
      try {
        return join(seat, next);
      } catch (IOException | InterruptedException | RuntimeException e) {
        next.close();
        throw e;
      }
    } catch (IOException e) {
      throw new RingBrokenException("cannot train with " + seat.next() + ": " + FirstLine.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RingBrokenException("the training was interrupted");
    }
  }

  private TrainingRing join(RingSeat seat, Connection next)
      throws IOException, InterruptedException {
    ArtifactId id = ringId(seat.ring());
    new Request(settings.cluster(), id, Request.RING).ask(next);
    next.endure();
    TrainingRing ring = rings.join(id, seat, next);
    LOG.info(
        "trains as rank {} of {}, next to {}", ring.rank(), ring.devices().size(), seat.next());
    return ring;
  }

  /** Ends this node's part in a ring, or has it not begin: another member is known to be gone. */
  public void abandon(String ring) {
    rings.abandon(ringId(ring));
  }

  private static ArtifactId ringId(String ring) {
    return new ArtifactId(
        HexFormat.of().formatHex(Sha256.digest().digest(ring.getBytes(StandardCharsets.UTF_8))));
  }

  /** Ends all transfers; what was pulled so far stays for the next process. */
  @Override
  public void close() {
    closeQuietly(server);
    rings.close();
    watch.close();
    threads.shutdownNow();
    try {
      threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeQuietly(folder);
  }

  private static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException e) {
      // Nothing depends on it any more.
    }
  }
}

package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.models.RingBrokenException;
import java.io.Closeable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The rings that a node is in, or is to be in: the connection from the member before it may come
 * sooner or later than the training that it is for. For use by several threads.
 */
final class Rings implements Closeable {

  /** Ended rings that are remembered, so that a training that is late for one does not wait. */
  private static final int REMEMBERED = 1000;

  private static final class Place {
    private final CompletableFuture<Connection> previous = new CompletableFuture<>();
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private RingConnection ring;
    private boolean over;
  }

  private final Duration patience;
  private final Map<ArtifactId, Place> places =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ArtifactId, Place> eldest) {
          return size() > REMEMBERED;
        }
      };
  private boolean closed;

  /**
   * @param patience how long one side waits for the other
   */
  Rings(Duration patience) {
    this.patience = patience;
  }

  private synchronized Place place(ArtifactId id) {
    Place place = places.computeIfAbsent(id, unknown -> new Place());
    if (place.over || closed) {
      throw givenUp();
    }
    return place;
  }

  /**
   * Hands over a connection that another member has opened.
   *
   * @return whether a training here has taken it; else it is the caller's to close
   */
  boolean offer(ArtifactId id, Connection previous) throws InterruptedException {
    Place place = place(id);
    if (!place.previous.complete(previous)) {
      return false;
    }
    try {
      place.taken.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      abandon(id);
      return false;
    }
  }

  /**
   * Waits for the member before this one.
   *
   * @param next the connection to the member after it
   */
  RingConnection join(ArtifactId id, RingSeat seat, Connection next) throws InterruptedException {
    Place place = place(id);
    Connection previous;
    try {
      previous = place.previous.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw givenUp();
    } catch (TimeoutException e) {
      abandon(id);
      throw new RingBrokenException(
          "the node before rank %d did not come within %d s"
              .formatted(seat.rank(), patience.toSeconds()));
    }
    synchronized (this) {
      if (!place.taken.complete(null)) {
        throw givenUp();
      }
      place.ring = new RingConnection(seat, previous, next, () -> abandon(id));
      return place.ring;
    }
  }

  /** Ends a ring, or has it not begin. */
  synchronized void abandon(ArtifactId id) {
    Place place = places.computeIfAbsent(id, unknown -> new Place());
    place.over = true;
    place.previous.completeExceptionally(givenUp());
    place.taken.completeExceptionally(givenUp());
    if (place.ring != null) {
      place.ring.end();
      place.ring = null;
    }
  }

  private static RingBrokenException givenUp() {
    return new RingBrokenException("the training was given up");
  }

  @Override
  public synchronized void close() {
    closed = true;
    List.copyOf(places.keySet()).forEach(this::abandon);
  }
}

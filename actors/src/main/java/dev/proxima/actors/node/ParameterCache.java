package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.NoRoomException;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.DataPlaneException;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's parameters: brings a version onto the node once, verified, and hands its file to the
 * node's policy, reference and sampler actors. Pulls over the data plane what a broadcast names
 * sources for, else reads the shared store; both happen elsewhere, so that a version which is here
 * is handed out while another one comes.
 */
public final class ParameterCache extends AbstractBehavior<ParameterCache.Command> {

  public sealed interface Command extends CborSerializable {}

  /**
   * A version was broadcast: bring it here before a worker needs it.
   *
   * @param sources nodes to pull it from, in order of preference; none where the store is to be
   *     read
   */
  public record Prefetch(ArtifactId parameters, List<DataPlaneAddress> sources)
      implements Command {}

  /** Asks for a version's file. */
  public record Acquire(ArtifactId parameters, ActorRef<Reply> replyTo) implements Command {}

  public sealed interface Reply {

    ArtifactId parameters();
  }

  /** The version lies, verified, in {@code file}; a handle within this JVM. */
  public record Available(ArtifactId parameters, Path file) implements Reply {}

  public record Unavailable(ArtifactId parameters, Throwable cause) implements Reply {}

  private record Brought(Reply result) implements Command {}

  private static final Logger LOG = LoggerFactory.getLogger(ParameterCache.class);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final DispatcherSelector IO =
      DispatcherSelector.fromConfig("proxima.io-dispatcher");

  private final ArtifactStore store;
  private final DataPlane dataPlane;
  private final Executor io;
  private final Map<ArtifactId, List<ActorRef<Reply>>> waiting = new HashMap<>();

  /** On a node that reads everything from the shared store. */
  public static Behavior<Command> create(ArtifactStore store) {
    return create(store, null);
  }

  /**
   * @param dataPlane the node's; null where it reads everything from the shared store
   */
  public static Behavior<Command> create(ArtifactStore store, DataPlane dataPlane) {
    return Behaviors.setup(context -> new ParameterCache(context, store, dataPlane));
  }

  private ParameterCache(ActorContext<Command> context, ArtifactStore store, DataPlane dataPlane) {
    super(context);
    this.store = store;
    this.dataPlane = dataPlane;
    this.io = context.getSystem().dispatchers().lookup(IO);
  }

  /** Acquires a version on behalf of a worker; the worker receives {@code wrap} of the reply. */
  static <C> void acquire(
      ActorContext<C> worker,
      ActorRef<Command> cache,
      ArtifactId parameters,
      Function<Reply, C> wrap) {
    worker.ask(
        Reply.class,
        cache,
        PATIENCE,
        replyTo -> new Acquire(parameters, replyTo),
        (reply, failure) ->
            wrap.apply(
                failure == null
                    ? reply
                    : new Unavailable(
                        parameters, new TimeoutException("the parameter cache did not answer"))));
  }

  /** Does the assigned work on the acquired file, or answers why there is none. */
  static void answer(Assignment assignment, Reply acquired, Function<Path, Output> work) {
    if (acquired instanceof Unavailable missing) {
      Worker.fail(assignment, missing.cause());
    } else {
      Worker.answer(assignment, () -> work.apply(((Available) acquired).file()));
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Prefetch.class, this::onPrefetch)
        .onMessage(Acquire.class, this::onAcquire)
        .onMessage(Brought.class, this::onBrought)
        .build();
  }

  private Behavior<Command> onPrefetch(Prefetch broadcast) {
    bring(broadcast.parameters(), broadcast.sources());
    return this;
  }

  private Behavior<Command> onAcquire(Acquire request) {
    bring(request.parameters(), List.of()).add(request.replyTo());
    return this;
  }

  private Behavior<Command> onBrought(Brought brought) {
    Reply result = brought.result();
    // Nobody waits any more where this actor was restarted meanwhile.
    List<ActorRef<Reply>> workers = waiting.remove(result.parameters());
    if (workers != null) {
      workers.forEach(worker -> worker.tell(result));
    }
    return this;
  }

  /** Brings a version unless it is on its way; returns those who wait for it. */
  private List<ActorRef<Reply>> bring(ArtifactId parameters, List<DataPlaneAddress> sources) {
    return waiting.computeIfAbsent(
        parameters,
        id -> {
          getContext().pipeToSelf(find(id, sources), (file, failure) -> brought(id, file, failure));
          return new ArrayList<>();
        });
  }

  private CompletionStage<Path> find(ArtifactId parameters, List<DataPlaneAddress> sources) {
    if (dataPlane == null) {
      return read(parameters);
    }
    Optional<Path> here = dataPlane.find(parameters);
    if (here.isPresent()) {
      return CompletableFuture.completedStage(here.get());
    }
    return sources.isEmpty()
        ? read(parameters)
        : dataPlane
            .fetch(parameters, sources)
            .exceptionallyCompose(failure -> readInstead(parameters, cause(failure)));
  }

  private CompletionStage<Path> read(ArtifactId parameters) {
    return CompletableFuture.supplyAsync(() -> store.read(parameters), io);
  }

  /** Where the store fails too, another attempt may find the sources alive. */
  private CompletionStage<Path> readInstead(ArtifactId parameters, Throwable failure) {
    LOG.warn("{}; reading the store instead", failure.getMessage());
    return read(parameters)
        .exceptionallyCompose(
            missing ->
                CompletableFuture.failedStage(
                    cause(missing) instanceof NoRoomException noRoom
                        ? noRoom
                        : new DataPlaneException(
                            failure.getMessage() + "; " + cause(missing).getMessage())));
  }

  private static Command brought(ArtifactId parameters, Path file, Throwable failure) {
    return new Brought(
        failure == null
            ? new Available(parameters, file)
            : new Unavailable(parameters, cause(failure)));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }
}

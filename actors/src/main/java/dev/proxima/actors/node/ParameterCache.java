package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Worker;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The node's parameters: brings a version onto the node once, verifies it, and hands its file to
 * the node's policy, reference and sampler actors. Runs on the I/O dispatcher, since hashing
 * blocks.
 */
public final class ParameterCache extends AbstractBehavior<ParameterCache.Command> {

  public sealed interface Command extends CborSerializable {}

  /** A version was broadcast: bring it here before a worker needs it. */
  public record Prefetch(ArtifactId parameters) implements Command {}

  /** Asks for a version's file. */
  public record Acquire(ArtifactId parameters, ActorRef<Reply> replyTo) implements Command {}

  public sealed interface Reply {}

  /** The version lies, verified, in {@code file}; a handle within this JVM. */
  public record Available(ArtifactId parameters, Path file) implements Reply {}

  public record Unavailable(ArtifactId parameters, String reason, boolean permanent)
      implements Reply {}

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ArtifactStore store;

  public static Behavior<Command> create(ArtifactStore store) {
    return Behaviors.setup(context -> new ParameterCache(context, store));
  }

  private ParameterCache(ActorContext<Command> context, ArtifactStore store) {
    super(context);
    this.store = store;
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
                    : new Unavailable(parameters, "the parameter cache did not answer", false)));
  }

  /** Does the assigned work on the acquired file, or answers why there is none. */
  static void answer(Assignment assignment, Reply acquired, Function<Path, Output> work) {
    if (acquired instanceof Unavailable missing) {
      Worker.fail(assignment, missing.reason(), missing.permanent());
    } else {
      Worker.answer(assignment, () -> work.apply(((Available) acquired).file()));
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Prefetch.class, this::onPrefetch)
        .onMessage(Acquire.class, this::onAcquire)
        .build();
  }

  private Behavior<Command> onPrefetch(Prefetch broadcast) {
    find(broadcast.parameters());
    return this;
  }

  private Behavior<Command> onAcquire(Acquire request) {
    request.replyTo().tell(find(request.parameters()));
    return this;
  }

  private Reply find(ArtifactId parameters) {
    try {
      return new Available(parameters, store.read(parameters));
    } catch (ArtifactException e) {
      return new Unavailable(parameters, e.getMessage(), true);
    } catch (UncheckedIOException e) {
      return new Unavailable(parameters, e.getMessage(), false);
    }
  }
}

package dev.proxima.actors.cluster;

import dev.proxima.actors.cluster.RunQueue.JournalTried;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;

/**
 * Waits for the journal before the queue of runs starts: a process that was paused may still hold
 * the file, or a database be away. Keeps what it is told meanwhile.
 */
final class JournalGate extends AbstractBehavior<RunQueue.Command> {

  private static final int ROOM = 1000;

  private final Function<ActorSystem<?>, CompletionStage<?>> journal;
  private final Behavior<RunQueue.Command> queue;
  private final StashBuffer<RunQueue.Command> early;

  /**
   * @param journal tries for a while to make it ready
   * @param queue starts when it is
   */
  static Behavior<RunQueue.Command> before(
      Behavior<RunQueue.Command> queue, Function<ActorSystem<?>, CompletionStage<?>> journal) {
    return Behaviors.withStash(
        ROOM, early -> Behaviors.setup(context -> new JournalGate(context, journal, queue, early)));
  }

  private JournalGate(
      ActorContext<RunQueue.Command> context,
      Function<ActorSystem<?>, CompletionStage<?>> journal,
      Behavior<RunQueue.Command> queue,
      StashBuffer<RunQueue.Command> early) {
    super(context);
    this.journal = journal;
    this.queue = queue;
    this.early = early;
    attempt();
  }

  @Override
  public Receive<RunQueue.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(JournalTried.class, this::onTried)
        .onMessage(RunQueue.NodeOffered.class, offered -> this)
        .onAnyMessage(this::onEarly)
        .build();
  }

  private Behavior<RunQueue.Command> onTried(JournalTried tried) {
    if (tried.failure() == null) {
      return early.unstashAll(queue);
    }
    getContext().getLog().warn("the journal is not ready: {}", tried.failure());
    attempt();
    return this;
  }

  private void attempt() {
    getContext()
        .pipeToSelf(
            journal.apply(getContext().getSystem()),
            (done, failure) -> new JournalTried(failure == null ? null : failure.toString()));
  }

  private Behavior<RunQueue.Command> onEarly(RunQueue.Command command) {
    if (!early.isFull()) {
      early.stash(command);
    }
    return this;
  }
}

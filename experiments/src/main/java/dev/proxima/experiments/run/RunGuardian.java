package dev.proxima.experiments.run;

import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSupervisor;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The root of a run's actor system: starts the reporter and the run once the journal is ready, and
 * ends after the reporter, which has then written everything, when garbage is collected.
 */
final class RunGuardian extends AbstractBehavior<RunGuardian.Command> {

  sealed interface Command {}

  /** The journal is ready. */
  record Start() implements Command {}

  /** Stop the run where it is. */
  record Stop() implements Command {}

  private record ReporterEnded() implements Command {}

  private record Collected(Throwable failure) implements Command {}

  private final Behavior<RunEvent> reporter;
  private final Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run;
  private final Function<ActorSystem<?>, CompletionStage<?>> garbage;
  private ActorRef<RunSupervisor.Command> supervisor;

  /**
   * @param garbage collects it; that it fails is no failure of the run
   */
  static Behavior<Command> create(
      Behavior<RunEvent> reporter,
      Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run,
      Function<ActorSystem<?>, CompletionStage<?>> garbage) {
    return Behaviors.setup(context -> new RunGuardian(context, reporter, run, garbage));
  }

  private RunGuardian(
      ActorContext<Command> context,
      Behavior<RunEvent> reporter,
      Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run,
      Function<ActorSystem<?>, CompletionStage<?>> garbage) {
    super(context);
    this.reporter = reporter;
    this.run = run;
    this.garbage = garbage;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Start.class, this::onStart)
        .onMessage(Stop.class, this::onStop)
        .onMessage(ReporterEnded.class, this::onReporterEnded)
        .onMessage(Collected.class, this::onCollected)
        .build();
  }

  private Behavior<Command> onStart(Start start) {
    ActorRef<RunEvent> listener = getContext().spawn(reporter, "reporter");
    getContext().watchWith(listener, new ReporterEnded());
    supervisor = getContext().spawn(run.apply(listener), "run");
    return this;
  }

  private Behavior<Command> onStop(Stop stop) {
    if (supervisor == null) {
      return Behaviors.stopped();
    }
    supervisor.tell(new RunSupervisor.Stop());
    return this;
  }

  private Behavior<Command> onReporterEnded(ReporterEnded ended) {
    getContext()
        .pipeToSelf(
            garbage.apply(getContext().getSystem()), (done, failure) -> new Collected(failure));
    return this;
  }

  private Behavior<Command> onCollected(Collected collected) {
    if (collected.failure() != null) {
      getContext().getLog().warn("garbage is left in the store", collected.failure());
    }
    return Behaviors.stopped();
  }
}

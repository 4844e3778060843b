package dev.proxima.experiments.run;

import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSupervisor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The root of a run's actor system: starts the reporter and the run once the journal is ready, and
 * stops with the reporter, which has then written everything.
 */
final class RunGuardian extends AbstractBehavior<RunGuardian.Command> {

  sealed interface Command {}

  /** The journal is ready. */
  record Start() implements Command {}

  /** Stop the run where it is. */
  record Stop() implements Command {}

  private record ReporterEnded() implements Command {}

  private final Behavior<RunEvent> reporter;
  private final Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run;
  private ActorRef<RunSupervisor.Command> supervisor;

  static Behavior<Command> create(
      Behavior<RunEvent> reporter,
      Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run) {
    return Behaviors.setup(context -> new RunGuardian(context, reporter, run));
  }

  private RunGuardian(
      ActorContext<Command> context,
      Behavior<RunEvent> reporter,
      Function<ActorRef<RunEvent>, Behavior<RunSupervisor.Command>> run) {
    super(context);
    this.reporter = reporter;
    this.run = run;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Start.class, this::onStart)
        .onMessage(Stop.class, this::onStop)
        .onMessage(ReporterEnded.class, this::onReporterEnded)
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
    return Behaviors.stopped();
  }
}

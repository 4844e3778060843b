package dev.proxima.experiments.bench;

import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.WorkReply;
import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Answers every order without doing the work, after as long as the work might take, and notes how
 * long it waited for the order. Answers whoever assigned the work.
 */
final class SimulatedWorker extends AbstractBehavior<CborSerializable> {

  private record Finish(Assignment order) implements CborSerializable {}

  private final TimerScheduler<CborSerializable> timers;
  private final SimulatedRun run;
  private final Pace pace;
  private final OrderTimes times;
  private long free = System.nanoTime();

  static Behavior<CborSerializable> create(SimulatedRun run, Pace pace, OrderTimes times) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new SimulatedWorker(context, timers, run, pace, times)));
  }

  private SimulatedWorker(
      ActorContext<CborSerializable> context,
      TimerScheduler<CborSerializable> timers,
      SimulatedRun run,
      Pace pace,
      OrderTimes times) {
    super(context);
    this.timers = timers;
    this.run = run;
    this.pace = pace;
    this.times = times;
  }

  @Override
  public Receive<CborSerializable> createReceive() {
    return newReceiveBuilder()
        .onMessage(Assignment.class, this::onAssignment)
        .onMessage(Finish.class, this::onFinish)
        .build();
  }

  private Behavior<CborSerializable> onAssignment(Assignment order) {
    times.ordered(order.work(), free);
    Duration duration = pace.duration(order.work());
    if (duration.isZero()) {
      answer(order);
    } else {
      timers.startSingleTimer(order.lease(), new Finish(order), duration);
    }
    return this;
  }

  private Behavior<CborSerializable> onFinish(Finish finish) {
    answer(finish.order());
    return this;
  }

  private void answer(Assignment order) {
    Output output = run.output(order.work());
    free = System.nanoTime();
    times.made(output);
    order.replyTo().tell(new WorkReply.Done(order.lease(), order.work(), output));
  }
}

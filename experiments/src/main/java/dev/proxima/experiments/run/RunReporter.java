package dev.proxima.experiments.run;

import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.work.Work;
import dev.proxima.experiments.report.EvaluationLine;
import dev.proxima.experiments.run.Stages.Stage;
import dev.proxima.experiments.terminal.Terminal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Follows a run: progress on the terminal, {@code metrics.jsonl} and {@code samples.jsonl} as they
 * come, and at the end the outcome. On a resumed run the files start from what the journal holds.
 */
final class RunReporter extends AbstractBehavior<RunEvent> {

  private final Terminal terminal;
  private final RunFolder folder;
  private final RunRecords records;
  private final Stages stages;
  private final TimeLeft timeLeft;
  private final CompletableFuture<RunOutcome> outcome;
  private final long begun = System.nanoTime();
  private JsonlLog metrics;
  private JsonlLog samples;
  private Stage stage = Stages.NONE;
  private long stageDone;
  private boolean fineTunedPrinted;
  private final Set<String> withoutRoom = new HashSet<>();
  private RunOutcome ending = new RunOutcome.Stopped();

  static Behavior<RunEvent> create(
      Terminal terminal,
      RunFolder folder,
      RunRecords records,
      Stages stages,
      TimeLeft timeLeft,
      CompletableFuture<RunOutcome> outcome) {
    return Behaviors.setup(
        context -> new RunReporter(context, terminal, folder, records, stages, timeLeft, outcome));
  }

  private RunReporter(
      ActorContext<RunEvent> context,
      Terminal terminal,
      RunFolder folder,
      RunRecords records,
      Stages stages,
      TimeLeft timeLeft,
      CompletableFuture<RunOutcome> outcome) {
    super(context);
    this.terminal = terminal;
    this.folder = folder;
    this.records = records;
    this.stages = stages;
    this.timeLeft = timeLeft;
    this.outcome = outcome;
  }

  @Override
  public Receive<RunEvent> createReceive() {
    return newReceiveBuilder()
        .onMessage(RunEvent.RunRecovered.class, this::onRecovered)
        .onMessage(RunEvent.WorkStarted.class, this::onWorkStarted)
        .onMessage(RunEvent.StepTrained.class, this::onStepTrained)
        .onMessage(RunEvent.WorkCompleted.class, this::onWorkCompleted)
        .onMessage(RunEvent.WorkRetried.class, this::onWorkRetried)
        .onMessage(RunEvent.WorkWaits.class, this::onWorkWaits)
        .onMessage(RunEvent.RoomFound.class, this::onRoomFound)
        .onMessage(RunEvent.IterationCompleted.class, this::onIterationCompleted)
        .onMessage(RunEvent.RunCompleted.class, this::onRunCompleted)
        .onMessage(RunEvent.RunFailed.class, this::onRunFailed)
        .onMessage(RunEvent.RunEnded.class, this::onRunEnded)
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<RunEvent> onRecovered(RunEvent.RunRecovered recovered) {
    closeLogs();
    List<IterationResult> iterations = recovered.iterations();
    metrics =
        new JsonlLog(folder.metrics(), records.metricLines(iterations, recovered.trainings()));
    samples =
        new JsonlLog(
            folder.samples(),
            iterations.stream().flatMap(result -> records.samples(result).stream()).toList());
    if (recovered.completed() > 0) {
      int left = recovered.remaining().values().stream().mapToInt(Integer::intValue).sum();
      terminal.line(
          "Resuming: %d pieces of work are done, %d are left."
              .formatted(recovered.completed(), left));
      iterations.forEach(this::printIteration);
    }
    return this;
  }

  private Behavior<RunEvent> onWorkStarted(RunEvent.WorkStarted started) {
    timeLeft.started(started.work());
    stages.of(started).filter(next -> !next.name().equals(stage.name())).ifPresent(this::begin);
    return this;
  }

  private void begin(Stage next) {
    stage = next;
    stageDone = 0;
    if (next.total() > 0) {
      terminal.stage(next.name(), next.total(), next.unit());
    }
  }

  private Behavior<RunEvent> onStepTrained(RunEvent.StepTrained trained) {
    int steps = trained.metrics().steps();
    if (stageDone == 0) {
      terminal.stage(stage.name(), steps, stage.unit());
    }
    stageDone++;
    terminal.advance(Math.min(stageDone, steps));
    metrics.append(RunRecords.stepLines(trained.methods(), trained.metrics()));
    return this;
  }

  private Behavior<RunEvent> onWorkCompleted(RunEvent.WorkCompleted completed) {
    timeLeft.completed(completed.work(), completed.output());
    if (completed.work() instanceof Work.ScoreShard && stage.total() > 0) {
      stageDone++;
      terminal.advance(Math.min(stageDone, stage.total()));
    }
    showTimeLeft(completed.remaining());
    return this;
  }

  private void showTimeLeft(SortedMap<String, Integer> remaining) {
    Optional<Duration> left = timeLeft.left(remaining);
    left.ifPresent(
        duration -> {
          double elapsed = System.nanoTime() - begun;
          terminal.overall(elapsed / (elapsed + duration.toNanos()), duration);
        });
  }

  private Behavior<RunEvent> onWorkRetried(RunEvent.WorkRetried retried) {
    terminal.line(
        "Again: %s, after %s: %s"
            .formatted(retried.work().kind(), retried.worker(), retried.reason()));
    return this;
  }

  /** Once for each disk: workers try again and again. */
  private Behavior<RunEvent> onWorkWaits(RunEvent.WorkWaits waiting) {
    if (withoutRoom.add(waiting.reason())) {
      terminal.line("Waiting: %s; the run goes on by itself.".formatted(waiting.reason()));
    }
    return this;
  }

  private Behavior<RunEvent> onRoomFound(RunEvent.RoomFound found) {
    withoutRoom.clear();
    terminal.line("There is room again.");
    return this;
  }

  private Behavior<RunEvent> onIterationCompleted(RunEvent.IterationCompleted completed) {
    IterationResult result = completed.result();
    metrics.append(List.of(records.iterationLine(result)));
    samples.append(records.samples(result));
    printIteration(result);
    return this;
  }

  private void printIteration(IterationResult result) {
    if (result.iteration() == 0 && fineTunedPrinted) {
      return;
    }
    fineTunedPrinted |= result.iteration() == 0;
    for (PolicyEvaluation evaluation : records.evaluations(result)) {
      if (evaluation.policy() == PolicyEvaluation.Policy.PROXIMAL
          || !result.extrapolated().equals(result.proximal())) {
        terminal.line(EvaluationLine.text(evaluation));
      }
    }
  }

  private Behavior<RunEvent> onRunCompleted(RunEvent.RunCompleted completed) {
    ending = new RunOutcome.Completed(completed.iterations(), timeLeft.totals());
    return this;
  }

  private Behavior<RunEvent> onRunFailed(RunEvent.RunFailed failed) {
    ending = new RunOutcome.Failed(failed.reason(), failed.mendable());
    return this;
  }

  private Behavior<RunEvent> onRunEnded(RunEvent.RunEnded ended) {
    return Behaviors.stopped();
  }

  private Behavior<RunEvent> onPostStop() {
    try {
      closeLogs();
    } finally {
      // A full disk fails the closing too.
      outcome.complete(ending);
    }
    return this;
  }

  private void closeLogs() {
    if (metrics != null) {
      metrics.close();
      samples.close();
    }
  }
}

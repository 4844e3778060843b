package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.experiments.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reporter under its guardian, told by the test what happens in a run. */
class RunReporterTest {

  private static final ArtifactId ID = new ArtifactId("1".repeat(64));

  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  /** Stopped between sampling and scoring, it goes on with work that begins no stage. */
  @Test
  void followsAResumedRunThatBeginsWithScoring() throws Exception {
    Work score = new Work.ScoreShard(ID, ID);
    SortedMap<String, Integer> remaining = new TreeMap<>();

    RunOutcome outcome =
        report(
            List.of(
                new RunEvent.RunRecovered(List.of(), List.of(), 3, remaining),
                new RunEvent.WorkStarted(score, Set.of("apo"), 1, "worker"),
                new RunEvent.WorkCompleted(score, Output.of(ID), remaining),
                new RunEvent.RunCompleted(List.of()),
                new RunEvent.RunEnded()));

    assertThat(outcome).isInstanceOf(RunOutcome.Completed.class);
  }

  @Test
  void saysOnceThatTheRunWaitsForRoomOnADisk() throws Exception {
    Work score = new Work.ScoreShard(ID, ID);
    RunEvent waits = new RunEvent.WorkWaits(score, "worker", "/disk is full");
    SortedMap<String, Integer> remaining = new TreeMap<>();

    report(
        List.of(
            new RunEvent.RunRecovered(List.of(), List.of(), 0, remaining),
            waits,
            waits,
            new RunEvent.RoomFound(),
            new RunEvent.RunCompleted(List.of()),
            new RunEvent.RunEnded()));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "Waiting: /disk is full; the run goes on by itself.", "There is room again.");
  }

  private RunOutcome report(List<RunEvent> events) throws Exception {
    RunSpec spec =
        new RunSpec(
            null,
            null,
            new RunSpec.Data(ID, ID, PairSource.SAMPLED, List.of(), List.of(), List.of()));
    CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    ActorSystem<RunGuardian.Command> system =
        ActorSystem.create(
            RunGuardian.create(
                RunReporter.create(
                    Terminal.plain(out),
                    new RunFolder(folder),
                    new RunRecords(new FolderStore(folder.resolve("artifacts"))),
                    new Stages(spec),
                    new TimeLeft(System::nanoTime, 1),
                    outcome),
                listener ->
                    Behaviors.setup(
                        context -> {
                          events.forEach(listener::tell);
                          return Behaviors.empty();
                        }),
                actors -> CompletableFuture.completedStage(null)),
            "test");
    system.tell(new RunGuardian.Start());
    system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    return outcome.getNow(null);
  }
}

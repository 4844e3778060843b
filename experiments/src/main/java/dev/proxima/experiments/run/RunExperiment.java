package dev.proxima.experiments.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.GarbageCollector;
import dev.proxima.actors.cluster.RunHost.Served;
import dev.proxima.actors.run.RunSupervisor;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.experiments.ExitStatus;
import dev.proxima.experiments.LogFile;
import dev.proxima.experiments.StopRequest;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.terminal.Terminal;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/** Runs an experiment in this process, from its configuration to its report. */
public final class RunExperiment {

  private RunExperiment() {}

  /**
   * Returns the exit status.
   *
   * @throws UserError for what the user can mend
   */
  public static int execute(ExperimentConfig config, RunOptions options, Terminal terminal)
      throws InterruptedException {
    RawData raw = RawData.load(config);
    RunFolder folder = RunFolder.open(config, options);
    LogFile.set(folder.log());
    try (RunLock lock = RunLock.acquire(folder);
        ArtifactStore store = open(config, folder)) {
      PreparedData prepared = prepare(config, options.resume(), raw, store, folder);
      terminal.line("Data: " + prepared.description());
      OpenRun run = OpenRun.of(config, prepared.run(), store, folder);
      return conclude(run, run(run, terminal), terminal);
    } catch (ArtifactException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static ArtifactStore open(ExperimentConfig config, RunFolder folder) {
    try {
      return config.artifacts().open(folder.artifacts());
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  /** Discards a new run's folder where its data cannot be prepared. */
  static PreparedData prepare(
      ExperimentConfig config, boolean resume, RawData raw, ArtifactStore store, RunFolder folder) {
    try {
      raw.write(folder.data());
      return new DataPreparation(config, store).prepare(raw);
    } catch (UserError e) {
      if (!resume) {
        folder.discard();
      }
      throw e;
    }
  }

  private static RunOutcome run(OpenRun run, Terminal terminal) throws InterruptedException {
    ExperimentConfig config = run.config();
    ArtifactStore store = run.store();
    try (Served node = run.serve(null)) {
      ArtifactId fingerprint = JsonArtifacts.write(store, run.spec());
      CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
      ActorSystem<RunGuardian.Command> system =
          ActorSystem.create(
              RunGuardian.create(
                  run.reporter(terminal, outcome),
                  listener ->
                      RunSupervisor.create(
                          "run",
                          fingerprint.sha256(),
                          node.context(),
                          config.devices(),
                          config.leases(),
                          listener),
                  actors -> collectGarbage(config, actors, store)),
              "proxima",
              actorConfig(run.folder().journal()));
      try (StopRequest stop =
          StopRequest.listen(
              terminal, RunOptions.FAREWELL, () -> system.tell(new RunGuardian.Stop()))) {
        SchemaUtils.createIfNotExists(system)
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    system.tell(new RunGuardian.Start());
                  } else {
                    outcome.complete(noJournal(run.folder(), failure));
                    system.terminate();
                  }
                });
        system.getWhenTerminated().toCompletableFuture().get();
      }
      return outcome.getNow(new RunOutcome.Stopped());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Only where no other run can be in the store, which this one's journal would not tell of. */
  private static CompletionStage<?> collectGarbage(
      ExperimentConfig config, ActorSystem<?> system, ArtifactStore store) {
    return config.artifacts().isTheRunsOwn()
        ? GarbageCollector.collect(system, store, Duration.ZERO)
        : CompletableFuture.completedStage(Reclaimed.NOTHING);
  }

  private static RunOutcome noJournal(RunFolder folder, Throwable failure) {
    return new RunOutcome.Failed(
        "the journal in %s cannot be opened (%s); restore it from a backup or start again with --overwrite"
            .formatted(folder.journal().getParent(), FirstLine.of(failure)),
        true);
  }

  /** The actor system's configuration with the embedded journal in {@code journal}. */
  public static Config actorConfig(Path journal) {
    return ConfigFactory.parseString(
            "proxima.journal.file = \"%s\"".formatted(journal.toAbsolutePath()))
        .withFallback(ConfigFactory.parseResources("proxima-actors.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  private static int conclude(OpenRun run, RunOutcome outcome, Terminal terminal) {
    if (outcome instanceof RunOutcome.Completed completed) {
      new Conclusion(run).write(completed, terminal);
      return ExitStatus.OK;
    } else if (outcome instanceof RunOutcome.Failed failed) {
      if (failed.mendable()) {
        throw new UserError(failed.reason());
      }
      terminal.line(
          "The run failed: %s (details: %s)".formatted(failed.reason(), run.folder().log()));
      return ExitStatus.FAILED;
    }
    terminal.line(RunOptions.FAREWELL);
    return ExitStatus.INTERRUPTED;
  }
}

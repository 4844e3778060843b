package dev.proxima.experiments.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.GarbageCollector;
import dev.proxima.actors.node.NodeContext;
import dev.proxima.actors.node.StopSignal;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSupervisor;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.experiments.LogFile;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
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

  private static final int COMPLETED = 0;
  private static final int FAILED = 1;
  private static final int STOPPED = 130;

  /**
   * Returns the exit status.
   *
   * @throws UserError for what the user can mend
   */
  public int execute(ExperimentConfig config, RunOptions options, Terminal terminal)
      throws InterruptedException {
    RawData raw = RawData.load(config);
    RunFolder folder = RunFolder.open(config, options);
    LogFile.set(folder.log());
    try (RunLock lock = RunLock.acquire(folder);
        ArtifactStore store = open(config, folder)) {
      PreparedData prepared = prepare(config, options.resume(), raw, store, folder);
      terminal.line("Data: " + prepared.description());
      RunSpec spec =
          new RunSpec(config.settings(), prepared.model(), prepared.data(), prepared.rewards());
      RunOutcome outcome = run(config, spec, store, folder, terminal);
      return conclude(config, spec, store, folder, outcome, terminal);
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

  private static RunOutcome run(
      ExperimentConfig config,
      RunSpec spec,
      ArtifactStore store,
      RunFolder folder,
      Terminal terminal)
      throws InterruptedException {
    TorchEngine engine = TorchEngine.create(config.engine());
    try (Tokenizer tokenizer = DjlTokenizer.open(store.read(spec.data().tokenizer()));
        Judge judge = Judge.open(spec, store, engine)) {
      NodeContext node =
          new NodeContext(
              spec,
              store,
              engine,
              tokenizer,
              Judge.rewards(spec, judge),
              config.checkpointSteps(),
              null,
              new StopSignal());
      ArtifactId fingerprint = JsonArtifacts.write(store, spec);
      CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
      ActorSystem<RunGuardian.Command> system =
          ActorSystem.create(
              RunGuardian.create(
                  RunReporter.create(
                      terminal,
                      folder,
                      new RunRecords(store),
                      new Stages(spec),
                      new TimeLeft(System::nanoTime, config.devices().size()),
                      outcome),
                  listener ->
                      RunSupervisor.create(
                          "run",
                          fingerprint.sha256(),
                          node,
                          config.devices(),
                          config.leases(),
                          listener),
                  actors -> collectGarbage(config, actors, store)),
              "proxima",
              actorConfig(folder.journal()));
      Interruption interruption = Interruption.stops(system, terminal);
      SchemaUtils.createIfNotExists(system)
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  system.tell(new RunGuardian.Start());
                } else {
                  outcome.complete(noJournal(folder, failure));
                  system.terminate();
                }
              });
      system.getWhenTerminated().toCompletableFuture().get();
      interruption.disarm();
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

  private static int conclude(
      ExperimentConfig config,
      RunSpec spec,
      ArtifactStore store,
      RunFolder folder,
      RunOutcome outcome,
      Terminal terminal) {
    if (outcome instanceof RunOutcome.Completed completed) {
      new Conclusion(config, spec, store, folder).write(completed, terminal);
      return COMPLETED;
    } else if (outcome instanceof RunOutcome.Failed failed) {
      if (failed.mendable()) {
        throw new UserError(failed.reason());
      }
      terminal.line("The run failed: %s (details: %s)".formatted(failed.reason(), folder.log()));
      return FAILED;
    }
    terminal.line("Stopped; go on with the same command and --resume.");
    return STOPPED;
  }
}

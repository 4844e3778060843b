package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.GarbageCollector;
import dev.proxima.actors.cluster.RunHost;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** Leads and serves submitted runs on a node of a cluster. */
public final class HostedRuns implements RunHost {

  private final ArtifactStore store;
  private final Duration grace;
  private final DataPlane dataPlane;

  /**
   * @param dataPlane of this node
   * @param grace see {@link ArtifactStore#retain}
   */
  public HostedRuns(ArtifactStore store, DataPlane dataPlane, Duration grace) {
    this.store = store;
    this.dataPlane = dataPlane;
    this.grace = grace;
  }

  @Override
  public CompletionStage<Reclaimed> collectGarbage(ActorSystem<?> system) {
    return GarbageCollector.collect(system, store, grace);
  }

  @Override
  public Led lead(Submission run) {
    OpenRun open = open(run);
    Terminal progress = Terminal.plain(append(open.folder().progress()));
    CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
    return new Led(
        JsonArtifacts.write(store, open.spec()).sha256(),
        open.spec(),
        store,
        open.config().leases(),
        dataPlane.address(),
        open.reporter(progress, outcome),
        outcome.thenApplyAsync(
            ended -> {
              Ending ending = conclude(open, ended, progress);
              progress.close();
              return ending;
            }));
  }

  @Override
  public Served serve(Submission run) {
    return open(run).serve(dataPlane);
  }

  private OpenRun open(Submission run) {
    ExperimentConfig config =
        ExperimentConfig.load(
            store.read(run.config()),
            new Overrides(List.of(), Optional.of(Path.of(run.folder())), OptionalLong.empty()));
    return OpenRun.of(
        config, PreparedRun.read(store, run.data()), store, new RunFolder(config.out()));
  }

  private static Ending conclude(OpenRun run, RunOutcome outcome, Terminal progress) {
    if (outcome instanceof RunOutcome.Completed completed) {
      new Conclusion(run).write(completed, progress);
      return new Ending(Cause.COMPLETED, "");
    } else if (outcome instanceof RunOutcome.Failed failed) {
      progress.line("The run failed: " + failed.reason());
      return new Ending(Cause.FAILED, failed.reason());
    }
    return new Ending(Cause.STOPPED, "");
  }

  private static PrintStream append(Path file) {
    try {
      return new PrintStream(
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

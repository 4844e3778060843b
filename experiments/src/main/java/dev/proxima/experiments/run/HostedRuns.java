package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.GarbageCollector;
import dev.proxima.actors.cluster.RunHost;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.node.NodeContext;
import dev.proxima.actors.node.StopSignal;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
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
    ExperimentConfig config = config(run);
    RunSpec spec = spec(config, run);
    RunFolder folder = new RunFolder(config.out());
    Terminal progress = Terminal.plain(append(folder.progress()));
    CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
    return new Led(
        JsonArtifacts.write(store, spec).sha256(),
        spec,
        store,
        config.leases(),
        dataPlane.address(),
        RunReporter.create(
            progress,
            folder,
            new RunRecords(store),
            new Stages(spec),
            new TimeLeft(System::nanoTime, config.devices().size()),
            outcome),
        outcome.thenApplyAsync(
            ended -> {
              Ending ending = conclude(config, spec, folder, ended, progress);
              progress.close();
              return ending;
            }));
  }

  @Override
  public Served serve(Submission run) {
    ExperimentConfig config = config(run);
    RunSpec spec = spec(config, run);
    Tokenizer tokenizer = DjlTokenizer.open(store.read(spec.data().tokenizer()));
    TorchEngine engine = TorchEngine.create(config.engine());
    Judge judge = Judge.open(spec, store, engine);
    NodeContext context =
        new NodeContext(
            spec,
            store,
            engine,
            tokenizer,
            Judge.rewards(spec, judge),
            config.checkpointSteps(),
            dataPlane,
            new StopSignal());
    return new Served() {
      @Override
      public NodeContext context() {
        return context;
      }

      @Override
      public void close() {
        tokenizer.close();
        if (judge != null) {
          judge.close();
        }
      }
    };
  }

  private ExperimentConfig config(Submission run) {
    return ExperimentConfig.load(
        store.read(run.config()),
        new Overrides(List.of(), Optional.of(Path.of(run.folder())), OptionalLong.empty()));
  }

  private RunSpec spec(ExperimentConfig config, Submission run) {
    PreparedRun prepared = PreparedRun.read(store, run.data());
    return new RunSpec(config.settings(), prepared.model(), prepared.data(), prepared.rewards());
  }

  private Ending conclude(
      ExperimentConfig config,
      RunSpec spec,
      RunFolder folder,
      RunOutcome outcome,
      Terminal progress) {
    if (outcome instanceof RunOutcome.Completed completed) {
      new Conclusion(config, spec, store, folder).write(completed, progress);
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

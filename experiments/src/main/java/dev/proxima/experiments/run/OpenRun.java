package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.cluster.RunHost.Served;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.node.NodeContext;
import dev.proxima.actors.node.StopSignal;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;

/** A run whose data lies prepared in a store, for whoever leads or serves it. */
record OpenRun(ExperimentConfig config, RunSpec spec, ArtifactStore store, RunFolder folder) {

  static OpenRun of(
      ExperimentConfig config, PreparedRun prepared, ArtifactStore store, RunFolder folder) {
    RunSpec spec =
        new RunSpec(config.settings(), prepared.model(), prepared.data(), prepared.rewards());
    return new OpenRun(config, spec, store, folder);
  }

  /**
   * @param outcome completes when the reporter has written everything
   */
  Behavior<RunEvent> reporter(Terminal terminal, CompletableFuture<RunOutcome> outcome) {
    return RunReporter.create(
        terminal,
        folder,
        new RunRecords(store),
        new Stages(spec),
        new TimeLeft(System::nanoTime, config.devices().size()),
        outcome);
  }

  /**
   * @param dataPlane of this node; null where it reads the store
   */
  Served serve(DataPlane dataPlane) {
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
}

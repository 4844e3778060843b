package dev.proxima.experiments.run;

import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.report.TrainingKind;
import dev.proxima.experiments.run.GivenPairs.Encoded;
import dev.proxima.experiments.run.TrainingCheckpoints.Checkpoint;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer;
import dev.proxima.models.Trainer.PreferenceStep;
import dev.proxima.models.TrainingMetrics;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Preference optimisation on given pairs; the reference's scores are a stage of their own. */
final class PreferenceRun implements PairsTask<TokenPair, Trainer> {

  private final PairsContext<PreferenceConfig> context;
  private final PreferenceConfig config;

  PreferenceRun(PairsContext<PreferenceConfig> context) {
    this.context = context;
    this.config = context.config();
  }

  /** Adapters for modules that it does not have are none. */
  @Override
  public void check(ModelFolder start) {
    LoraModule.targeted(start.config(), config.optimisation().lora());
  }

  /** The pairs with the reference's log-probabilities. */
  @Override
  public Optional<List<TokenPair>> examples(ModelFolder model, RunFolder folder) {
    GivenPairs given = context.given();
    List<Encoded> encoded;
    try (Tokenizer tokenizer = DjlTokenizer.open(model.tokenizer())) {
      encoded = given.encoded(new ResponseEncoder(model, tokenizer, given.encoding(model)));
    }
    Terminal terminal = context.terminal();
    terminal.line(given.description(encoded.size()));
    ReferenceScores reference = new ReferenceScores(folder.reference(), encoded);
    if (!reference.exist()) {
      terminal.stage("reference", encoded.size(), "pairs");
      boolean whole =
          reference.compute(
              () -> context.engine().load(model.parameters(), model.config(), config.device()),
              context.stop(),
              terminal::advance);
      if (!whole) {
        return Optional.empty();
      }
    }
    return Optional.of(reference.pairs());
  }

  @Override
  public Trainer trainer(ModelFolder model, Path parameters, int steps) {
    return context
        .engine()
        .trainer(
            parameters,
            model.config(),
            config.device(),
            config.optimisation().over(steps, config.seed()));
  }

  @Override
  public SortedMap<String, Double> step(Trainer trainer, List<TokenPair> batch) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    if (config.training().diagnostics()) {
      metrics.putAll(TrainingMetrics.of(trainer.pairGradients(batch)));
    }
    PreferenceStep preferred =
        trainer.prefer(batch, config.objective(), config.training().spo().lowerLevel());
    metrics.putAll(TrainingMetrics.of(preferred, batch, config.beta()));
    return metrics;
  }

  /** Of adapters both: the whole model, and the adapter by itself. */
  @Override
  public void save(ModelFolder model, Trainer trainer, Checkpoint last, RunFolder folder)
      throws IOException {
    if (!config.adapters()) {
      model.saveWith(folder.finalModel(), last.parameters());
      return;
    }
    Path merged = folder.merged();
    trainer.save(merged);
    model.saveWith(folder.finalModel(), merged);
    Files.delete(merged);
    AdapterFolder.open(last.path()).copyTo(folder.adapter(), model.path().toString());
  }

  @Override
  public TrainingKind kind() {
    return TrainingKind.preference(config.training().objective(), config.beta());
  }
}

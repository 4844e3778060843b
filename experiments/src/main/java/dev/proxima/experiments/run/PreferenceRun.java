package dev.proxima.experiments.run;

import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.random.Epochs;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.LogFile;
import dev.proxima.experiments.StopRequest;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.config.PreferenceConfig.Order;
import dev.proxima.experiments.report.TrainingReport;
import dev.proxima.experiments.report.TrainingResult;
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
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Preference optimisation on given pairs: one training in this process, without actors. What a
 * stage makes is a file, and a resumed run passes over the stages that are done and ends in the
 * same bytes: the model to start from, the reference's scores, the training, the result.
 */
public final class PreferenceRun {

  private static final int COMPLETED = 0;
  private static final int STOPPED = 130;
  private static final String FAREWELL = "Stopped; go on with the same command and --resume.";

  private final PreferenceConfig config;
  private final RunFolder folder;
  private final GivenPairs given;
  private final Terminal terminal;
  private final BooleanSupplier stop;
  private final TorchEngine engine;
  private final TrainingCheckpoints checkpoints;

  private PreferenceRun(
      PreferenceConfig config,
      RunFolder folder,
      GivenPairs given,
      Terminal terminal,
      BooleanSupplier stop) {
    this.config = config;
    this.folder = folder;
    this.given = given;
    this.terminal = terminal;
    this.stop = stop;
    this.engine = TorchEngine.create(config.engine());
    this.checkpoints = new TrainingCheckpoints(folder.checkpoints());
  }

  /**
   * Returns the exit status.
   *
   * @throws UserError for what the user can mend
   */
  public static int execute(PreferenceConfig config, RunOptions options, Terminal terminal) {
    try (StopRequest stop = StopRequest.listen(terminal, FAREWELL)) {
      return execute(config, options, terminal, stop::isMade);
    }
  }

  /**
   * @param stop asked before each step
   */
  static int execute(
      PreferenceConfig config, RunOptions options, Terminal terminal, BooleanSupplier stop) {
    try {
      GivenPairs pairs = GivenPairs.read(config.data());
      if (config.start() instanceof PreferenceConfig.Folder start) {
        ModelFolder.open(start.path());
      }
      RunFolder folder = RunFolder.open(config, options);
      LogFile.set(folder.log());
      try (RunLock lock = RunLock.acquire(folder)) {
        return new PreferenceRun(config, folder, pairs, terminal, stop).run() ? COMPLETED : STOPPED;
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserError(e.getMessage(), e);
    } catch (IOException e) {
      throw new UserError(config.out() + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** How the pairs become tokens of a model that may read less than the settings allow. */
  static ResponseEncoder.Options encoding(PreferenceConfig config, ModelFolder model) {
    return config.data().encoding().atMost(model.config().maxPositionEmbeddings());
  }

  /** Whether it came to the end. */
  private boolean run() throws IOException {
    Optional<ModelFolder> model = model();
    if (model.isEmpty()) {
      return false;
    }
    Optional<List<TokenPair>> pairs = referred(model.get());
    return pairs.isPresent() && trained(model.get(), pairs.get());
  }

  private Optional<ModelFolder> model() throws IOException {
    if (config.start() instanceof PreferenceConfig.Folder start) {
      return Optional.of(ModelFolder.open(start.path()));
    } else if (Files.exists(folder.initialModel())) {
      return Optional.of(ModelFolder.open(folder.initialModel()));
    }
    PreferenceConfig.Scratch scratch = (PreferenceConfig.Scratch) config.start();
    return new ScratchModel(config, scratch, engine, given)
        .make(folder.initialModel(), terminal, stop);
  }

  /** The pairs with the reference's log-probabilities. */
  private Optional<List<TokenPair>> referred(ModelFolder model) {
    List<Encoded> encoded;
    try (Tokenizer tokenizer = DjlTokenizer.open(model.tokenizer())) {
      encoded = given.encoded(new ResponseEncoder(model, tokenizer, encoding(config, model)));
    }
    terminal.line(
        "Data: %,d pairs; left out: %,d too long, %,d ties"
            .formatted(encoded.size(), given.pairs().size() - encoded.size(), given.ties()));
    ReferenceScores reference = new ReferenceScores(folder.reference(), encoded);
    if (!reference.exist()) {
      terminal.stage("reference", encoded.size(), "pairs");
      boolean whole =
          reference.compute(
              () -> engine.load(model.parameters(), model.config(), config.device()),
              stop,
              terminal::advance);
      if (!whole) {
        return Optional.empty();
      }
    }
    return Optional.of(reference.pairs());
  }

  private boolean trained(ModelFolder model, List<TokenPair> pairs) throws IOException {
    Epochs epochs = epochs(pairs.size());
    Optional<Checkpoint> before = checkpoints.latest();
    int made = before.map(Checkpoint::step).orElse(0);
    if (made > 0) {
      terminal.line("Resuming: %,d of %,d steps are done.".formatted(made, epochs.steps()));
    }
    try (Trainer trainer =
            engine.trainer(
                before.map(Checkpoint::parameters).orElse(model.parameters()),
                model.config(),
                config.device(),
                config.training().optimisation().over(epochs.steps()));
        StepLog log = new StepLog(folder.metrics(), made, epochs.steps())) {
      before.ifPresent(checkpoint -> trainer.restoreOptimiser(checkpoint.optimiser()));
      Checkpoint last = train(trainer, pairs, epochs, made, log);
      if (last.step() < epochs.steps()) {
        return false;
      }
      conclude(model, last, pairs.size(), epochs, log);
      return true;
    }
  }

  /** Returns the state at the end, or where it was told to stop. */
  private Checkpoint train(
      Trainer trainer, List<TokenPair> pairs, Epochs epochs, int made, StepLog log) {
    PreferenceObjective objective = config.objective();
    terminal.stage("training", epochs.steps(), "steps");
    terminal.advance(made);
    int step = made;
    while (step < epochs.steps() && !stop.getAsBoolean()) {
      List<TokenPair> batch = Arrays.stream(epochs.batch(step)).mapToObj(pairs::get).toList();
      SortedMap<String, Double> metrics = new TreeMap<>();
      if (config.training().diagnostics()) {
        metrics.putAll(TrainingMetrics.of(trainer.pairGradients(batch)));
      }
      PreferenceStep preferred =
          trainer.prefer(batch, objective, config.training().spo().lowerLevel());
      metrics.putAll(TrainingMetrics.of(preferred, batch, config.beta()));
      log.append(metrics);
      step++;
      terminal.advance(step);
      if (config.checkpointSteps() > 0 && step % config.checkpointSteps() == 0) {
        checkpoints.save(trainer, step);
      }
    }
    return checkpoints.save(trainer, step);
  }

  private Epochs epochs(int pairs) {
    int batchSize = config.training().batchSize();
    int passes = config.training().epochs();
    return config.data().order() == Order.FILE
        ? Epochs.inOrder(pairs, batchSize, passes)
        : new Epochs(
            pairs, batchSize, passes, epoch -> RandomStream.of(config.seed(), "train", epoch));
  }

  private void conclude(ModelFolder model, Checkpoint last, int pairs, Epochs epochs, StepLog log)
      throws IOException {
    model.saveWith(folder.finalModel(), last.parameters());
    TrainingResult result =
        new TrainingResult(
            config.name(),
            config.seed(),
            config.training().objective(),
            config.beta(),
            pairs,
            epochs.steps() / config.training().epochs(),
            log.steps(),
            folder.path().relativize(folder.finalModel()).toString(),
            config.resolved());
    TrainingReport.write(result, folder.path());
    terminal.close();
    terminal.line("");
    TrainingReport.text(result, folder.path()).lines().forEach(terminal::line);
  }
}

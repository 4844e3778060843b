package dev.proxima.experiments.run;

import dev.proxima.algorithms.random.Epochs;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.ExitStatus;
import dev.proxima.experiments.LogFile;
import dev.proxima.experiments.StopRequest;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.config.RewardModelConfig;
import dev.proxima.experiments.report.TrainingReport;
import dev.proxima.experiments.report.TrainingResult;
import dev.proxima.experiments.run.TrainingCheckpoints.Checkpoint;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.TrainingState;
import dev.proxima.models.djl.TorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A training on given pairs: one in this process, without actors. What a stage makes is a file, and
 * a resumed run passes over the stages that are done and ends in the same bytes: the model to start
 * from, what the task makes of the pairs, the training, the result.
 */
public final class PairsRun<E, T extends TrainingState> {

  private final PairsContext<?> context;
  private final PairsConfig config;
  private final Terminal terminal;
  private final RunFolder folder;
  private final PairsTask<E, T> task;
  private final TrainingCheckpoints checkpoints;

  private PairsRun(PairsContext<?> context, RunFolder folder, PairsTask<E, T> task) {
    this.context = context;
    this.config = context.config();
    this.terminal = context.terminal();
    this.folder = folder;
    this.task = task;
    this.checkpoints = new TrainingCheckpoints(folder.checkpoints(), config.adapters());
  }

  /**
   * Runs until it is done or somebody stops it, and returns the exit status.
   *
   * @throws UserError for what the user can mend
   */
  public static int execute(PairsConfig config, RunOptions options, Terminal terminal) {
    try (StopRequest stop = StopRequest.listen(terminal, RunOptions.FAREWELL)) {
      return execute(config, options, terminal, stop::isMade);
    }
  }

  /**
   * @param stop asked before each step
   */
  static int execute(
      PairsConfig config, RunOptions options, Terminal terminal, BooleanSupplier stop) {
    return config instanceof PreferenceConfig preference
        ? execute(preference, options, terminal, stop, PreferenceRun::new)
        : execute((RewardModelConfig) config, options, terminal, stop, RewardModelRun::new);
  }

  private static <C extends PairsConfig> int execute(
      C config,
      RunOptions options,
      Terminal terminal,
      BooleanSupplier stop,
      Function<PairsContext<C>, PairsTask<?, ?>> task) {
    try {
      PairsContext<C> context =
          new PairsContext<>(
              config,
              GivenPairs.read(config.data()),
              TorchEngine.create(config.engine()),
              terminal,
              stop);
      return execute(context, options, task.apply(context));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserError(e.getMessage(), e);
    } catch (IOException e) {
      throw new UserError(config.out() + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static <E, T extends TrainingState> int execute(
      PairsContext<?> context, RunOptions options, PairsTask<E, T> task) throws IOException {
    if (context.config().start() instanceof PairsConfig.Folder start) {
      task.check(ModelFolder.open(start.path()));
    }
    RunFolder folder = RunFolder.open(context.config(), options);
    LogFile.set(folder.log());
    try (RunLock lock = RunLock.acquire(folder)) {
      return new PairsRun<>(context, folder, task).run() ? ExitStatus.OK : ExitStatus.INTERRUPTED;
    }
  }

  /** Whether it came to the end. */
  private boolean run() throws IOException {
    Optional<ModelFolder> model = model();
    if (model.isEmpty()) {
      return false;
    }
    Optional<List<E>> examples = task.examples(model.get(), folder);
    return examples.isPresent() && trained(model.get(), examples.get());
  }

  private Optional<ModelFolder> model() throws IOException {
    if (config.start() instanceof PairsConfig.Folder start) {
      return Optional.of(ModelFolder.open(start.path()));
    } else if (Files.exists(folder.initialModel())) {
      return Optional.of(ModelFolder.open(folder.initialModel()));
    }
    return new ScratchModel(context, (PairsConfig.Scratch) config.start())
        .make(folder.initialModel());
  }

  private boolean trained(ModelFolder model, List<E> examples) throws IOException {
    Epochs epochs = epochs(examples.size());
    Optional<Checkpoint> before = checkpoints.latest();
    int made = before.map(Checkpoint::step).orElse(0);
    if (made > 0) {
      terminal.line("Resuming: %,d of %,d steps are done.".formatted(made, epochs.steps()));
    }
    try (T trainer =
            task.trainer(
                model,
                before
                    .map(state -> checkpoints.start(state, model.parameters()))
                    .orElse(model.parameters()),
                epochs.steps());
        StepLog log = new StepLog(folder.metrics(), made, epochs.steps())) {
      before.ifPresent(state -> checkpoints.restore(state, trainer));
      Checkpoint last = train(trainer, examples, epochs, made, log);
      if (last.step() < epochs.steps()) {
        return false;
      }
      task.save(model, trainer, last, folder);
      conclude(examples.size(), epochs, log);
      return true;
    }
  }

  /** Returns the state at the end, or where it was told to stop. */
  private Checkpoint train(T trainer, List<E> examples, Epochs epochs, int made, StepLog log) {
    terminal.stage("training", epochs.steps(), "steps");
    terminal.advance(made);
    int step = made;
    while (step < epochs.steps() && !context.stop().getAsBoolean()) {
      log.append(
          task.step(trainer, Arrays.stream(epochs.batch(step)).mapToObj(examples::get).toList()));
      step++;
      terminal.advance(step);
      if (config.checkpointSteps() > 0 && step % config.checkpointSteps() == 0) {
        checkpoints.save(trainer, step);
      }
    }
    return checkpoints.save(trainer, step);
  }

  private Epochs epochs(int pairs) {
    return config.data().order() == PairsConfig.Order.FILE
        ? Epochs.inOrder(pairs, config.batchSize(), config.epochs())
        : new Epochs(
            pairs,
            config.batchSize(),
            config.epochs(),
            epoch -> RandomStream.of(config.seed(), "train", epoch));
  }

  private void conclude(int pairs, Epochs epochs, StepLog log) throws IOException {
    TrainingResult result =
        new TrainingResult(
            config.name(),
            config.seed(),
            task.kind(),
            pairs,
            epochs.steps() / config.epochs(),
            log.steps(),
            folder.path().relativize(folder.finalModel()).toString(),
            config.resolved());
    TrainingReport.write(result, folder.path());
    terminal.close();
    terminal.line("");
    TrainingReport.text(result, folder.path()).lines().forEach(terminal::line);
  }
}

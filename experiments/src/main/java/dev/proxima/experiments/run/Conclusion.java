package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.report.OutcomeTable;
import dev.proxima.experiments.report.Report;
import dev.proxima.experiments.report.RunResult;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ModelFolder;
import java.io.IOException;
import java.util.List;

/** What a completed run leaves: each method's final model, the report and the table. */
final class Conclusion {

  private final ExperimentConfig config;
  private final RunSpec spec;
  private final ArtifactStore store;
  private final RunFolder folder;

  Conclusion(OpenRun run) {
    config = run.config();
    spec = run.spec();
    store = run.store();
    folder = run.folder();
  }

  void write(RunOutcome.Completed outcome, Terminal terminal) {
    for (RunSettings.Method method : config.settings().methods()) {
      saveFinalModel(method, outcome.iterations());
    }
    RunResult result = result(outcome);
    try {
      Report.write(result, folder.path());
    } catch (IOException e) {
      throw new UserError(folder.path() + ": the report cannot be written: " + e.getMessage(), e);
    }
    terminal.close();
    terminal.line("");
    OutcomeTable.text(result, folder.path()).lines().forEach(terminal::line);
  }

  /** In Algorithm 1, line 7, the last proximal solution, before any extrapolation. */
  private void saveFinalModel(RunSettings.Method method, List<IterationResult> iterations) {
    IterationResult last =
        iterations.stream()
            .filter(result -> result.method().equals(method.name()))
            .reduce((earlier, later) -> later)
            .orElseThrow();
    ModelFolder.save(
        folder.path().resolve(RunFolder.finalModel(method.name())),
        spec.model(),
        store.read(last.of(method.result()).parameters()),
        store.read(spec.data().tokenizer()));
  }

  private RunResult result(RunOutcome.Completed outcome) {
    RunRecords records = new RunRecords(store);
    List<IterationResult> iterations = outcome.iterations();
    return new RunResult(
        config.settings().name(),
        description(),
        config.settings().seed(),
        config.settings().methods().stream()
            .map(
                method ->
                    new RunResult.Method(
                        method.name(),
                        method.outerLoop().reference(),
                        alphas(method, iterations),
                        method.result(),
                        RunFolder.finalModel(method.name())))
            .toList(),
        iterations.stream().flatMap(result -> records.evaluations(result).stream()).toList(),
        iterations.stream()
            .filter(result -> result.iteration() > 0)
            .flatMap(result -> records.trainingSteps(result).stream())
            .toList(),
        iterations.stream().flatMap(result -> records.samples(result).stream()).toList(),
        outcome.timings(),
        config.resolved());
  }

  private static List<Double> alphas(RunSettings.Method method, List<IterationResult> iterations) {
    return iterations.stream()
        .filter(result -> result.method().equals(method.name()) && result.iteration() > 0)
        .map(IterationResult::alpha)
        .toList();
  }

  private String description() {
    return spec.data().source() == PairSource.SAMPLED
        ? "Short product reviews. A prompt names a product and an aspect; the reward is the warmth"
            + " towards that aspect, less a penalty for rambling. Preferences between the policy's"
            + " own responses are "
            + (config.settings().labels() == Labels.REWARD ? "decided by " : "drawn from ")
            + (spec.rewards() == null
                ? "that reward"
                : "the rewards of the reward model in " + config.rewardModel().get().folder())
            + (config.settings().labels() == Labels.REWARD ? "." : " by the Bradley-Terry model.")
        : "Given preference pairs, folded over the iterations, after supervised fine-tuning on the"
            + " chosen responses.";
  }
}

package dev.proxima.experiments;

import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.config.RewardModelConfig;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.experiments.run.PreferenceRun;
import dev.proxima.experiments.run.RewardModelRun;
import dev.proxima.experiments.run.RunExperiment;
import dev.proxima.experiments.run.RunOptions;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code proxima run}. */
@Command(
    name = "run",
    description = "Runs the experiment that a configuration file describes, into one folder.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", description = "Such as experiments/quickstart.conf.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the configuration, as in --set training.beta=0.05.")
  private List<String> assignments = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", description = "The run's folder.")
  private Path out;

  @Option(names = "--seed", paramLabel = "N", description = "Every random draw derives from it.")
  private Long seed;

  @ArgGroup private ExistingFolder existing = new ExistingFolder();

  /** Exclusive answers to a run folder that exists. */
  private static final class ExistingFolder {

    @Option(names = "--resume", description = "Continues an interrupted run from where it was.")
    private boolean resume;

    @Option(names = "--overwrite", description = "Replaces the run folder where it exists.")
    private boolean overwrite;
  }

  @Override
  public Integer call() throws InterruptedException {
    RunConfig config =
        RunConfig.load(
            file,
            new Overrides(
                assignments,
                Optional.ofNullable(out),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed)));
    RunOptions options = new RunOptions(existing.resume, existing.overwrite);
    try (Terminal terminal = Screen.detect().terminal()) {
      Runtime.getRuntime().addShutdownHook(new Thread(terminal::close, "close terminal"));
      if (config instanceof PreferenceConfig preference) {
        return PreferenceRun.execute(preference, options, terminal);
      } else if (config instanceof RewardModelConfig reward) {
        return RewardModelRun.execute(reward, options, terminal);
      }
      return new RunExperiment().execute((ExperimentConfig) config, options, terminal);
    }
  }
}

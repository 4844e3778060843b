package dev.proxima.experiments;

import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.experiments.run.PairsRun;
import dev.proxima.experiments.run.RunExperiment;
import dev.proxima.experiments.run.RunOptions;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private ExperimentOptions experiment;

  @Option(names = "--out", paramLabel = "DIR", description = "The run's folder.")
  private Path out;

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
    RunConfig config = RunConfig.load(file, experiment.overrides(out));
    RunOptions options = new RunOptions(existing.resume, existing.overwrite);
    try (Terminal terminal = Screen.detect().terminal()) {
      Runtime.getRuntime().addShutdownHook(new Thread(terminal::close, "close terminal"));
      return config instanceof PairsConfig pairs
          ? PairsRun.execute(pairs, options, terminal)
          : RunExperiment.execute((ExperimentConfig) config, options, terminal);
    }
  }
}

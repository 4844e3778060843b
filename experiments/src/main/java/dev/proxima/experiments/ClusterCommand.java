package dev.proxima.experiments;

import dev.proxima.experiments.cluster.Chaos;
import dev.proxima.experiments.cluster.LocalClusterRun;
import dev.proxima.experiments.cluster.Security;
import dev.proxima.experiments.cluster.TlsOption;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxima cluster}. */
@Command(
    name = "cluster",
    description =
        "Starts a whole cluster of processes on this machine for trying out, and runs an experiment"
            + " on it, while killing some of them if wished.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ClusterCommand implements Callable<Integer> {

  private static final String FAREWELL = "The cluster has stopped; the same command goes on.";

  @Option(
      names = "--local",
      paramLabel = "N",
      required = true,
      description = "How many nodes, each a coordinator and a worker in a process of its own.")
  private int size;

  @Option(
      names = "--run",
      paramLabel = "CONFIG",
      description = "An experiment to run, such as experiments/quickstart.conf.")
  private Path file;

  @Mixin private ExperimentOptions experiment;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder; the cluster's own files go into DIR/cluster.")
  private Path out;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The cluster's folder (default: OUT/cluster, or cluster without --run).")
  private Path state;

  @Option(
      names = "--chaos",
      paramLabel = "kills=N,seed=M",
      description = "Kills N random processes by SIGKILL while the experiment runs.")
  private String chaos;

  @Mixin private TlsOption tls;

  @Override
  public Integer call() throws InterruptedException {
    if (size < 1) {
      throw new UserError("--local " + size + ": must be at least 1");
    }
    if (chaos != null && file == null) {
      throw new UserError("--chaos kills while an experiment runs; name it by --run");
    }
    LocalClusterRun local =
        new LocalClusterRun(
            size,
            chaos == null ? Chaos.NONE : Chaos.parse(chaos),
            Security.of(tls.folder(), false));
    try (Terminal terminal = Screen.detect().terminal();
        StopRequest stop = StopRequest.listen(terminal, FAREWELL)) {
      if (file == null) {
        local.idle(state == null ? Path.of("cluster") : state, terminal, stop::isMade);
        return ExitStatus.INTERRUPTED;
      }
      return local.run(
          file, experiment.overrides(out), Optional.ofNullable(state), terminal, stop::isMade);
    }
  }
}

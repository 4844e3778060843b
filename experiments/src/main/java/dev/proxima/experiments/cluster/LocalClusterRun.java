package dev.proxima.experiments.cluster;

import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.RunStatus.Phase;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.experiments.ExitStatus;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * {@code proxima cluster --local}.
 *
 * @param size how many nodes, at least 1
 */
public record LocalClusterRun(int size, Chaos chaos, Security security) {

  private static final Duration TICK = Duration.ofMillis(500);

  /** Keeps a cluster up until told to stop. */
  public void idle(Path state, Terminal terminal, BooleanSupplier stop)
      throws InterruptedException {
    try (LocalCluster cluster = LocalCluster.start(size, state, security.tls())) {
      terminal.line(
          "A cluster of %d nodes; speak to it with --seed-nodes %s --state %s%s"
              .formatted(
                  size,
                  String.join(",", cluster.addresses()),
                  state,
                  security.tls().map(files -> " --tls " + files.folder()).orElse("")));
      while (!stop.getAsBoolean()) {
        cluster.revive();
        Thread.sleep(TICK.toMillis());
      }
    }
  }

  /**
   * Runs an experiment and returns the exit status.
   *
   * @param state the cluster's folder; empty for one inside the run's
   * @throws dev.proxima.experiments.UserError for what the user can mend
   */
  public int run(
      Path file, Overrides overrides, Optional<Path> state, Terminal terminal, BooleanSupplier stop)
      throws InterruptedException {
    Path out = RunConfig.load(file, overrides).out();
    Overrides into = new Overrides(overrides.assignments(), Optional.of(out), overrides.seed());
    Path folder = state.orElse(out.resolve("cluster"));
    Submission submission = Submissions.prepare(file, into, folder);
    try (LocalCluster cluster = LocalCluster.start(size, folder, security.tls())) {
      terminal.line(
          "A cluster of %d nodes: %s".formatted(size, String.join(", ", cluster.addresses())));
      LocalRun run = new LocalRun(cluster, submission, chaos, security, terminal);
      Optional<RunStatus> end = run.execute(stop);
      if (chaos.kills() > 0) {
        terminal.line("Killed %d of %d:".formatted(run.deaths().size(), chaos.kills()));
        run.deaths().forEach(terminal::line);
      }
      return end.map(status -> conclude(status, terminal)).orElse(ExitStatus.INTERRUPTED);
    }
  }

  private static int conclude(RunStatus status, Terminal terminal) {
    if (status.phase() == Phase.COMPLETED) {
      return ExitStatus.OK;
    }
    terminal.line("The run failed: " + status.reason());
    return ExitStatus.FAILED;
  }
}

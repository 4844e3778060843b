package dev.proxima.experiments;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.experiments.cluster.ClusterClient;
import dev.proxima.experiments.cluster.ClusterOptions;
import dev.proxima.experiments.cluster.FileTail;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code proxima logs}. */
@Command(
    name = "logs",
    description = "Prints the progress of a run of a cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class LogsCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofSeconds(1);

  @Mixin private ClusterOptions cluster;

  @Parameters(paramLabel = "RUN", description = "As proxima status names it.")
  private String run;

  @Option(names = "--follow", description = "Goes on until the run ends.")
  private boolean follow;

  @Override
  public Integer call() throws InterruptedException {
    try (ClusterClient client = cluster.connect()) {
      ClusterStatus.Run known = find(client);
      FileTail progress = FileTail.of(known.submission());
      progress.lines().forEach(System.out::println);
      while (follow && !known.status().isEnd()) {
        Thread.sleep(POLL.toMillis());
        progress.lines().forEach(System.out::println);
        known = find(client);
      }
      progress.lines().forEach(System.out::println);
      System.out.println(run + ": " + Replies.status(known.status()));
      return known.status().phase() == RunStatus.Phase.FAILED ? ExitStatus.FAILED : ExitStatus.OK;
    }
  }

  private ClusterStatus.Run find(ClusterClient client) throws InterruptedException {
    return client.ask(RunQueue.GetStatus::new).runs().stream()
        .filter(known -> known.submission().id().equals(run))
        .findAny()
        .orElseThrow(() -> new UserError("there is no run " + run + "; see proxima status"));
  }
}

package dev.proxima.experiments;

import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.experiments.cluster.ClusterClient;
import dev.proxima.experiments.cluster.ClusterOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code proxima cancel}. */
@Command(
    name = "cancel",
    description = "Stops a run of a cluster where it is; submitted again, it goes on.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class CancelCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;

  @Parameters(paramLabel = "RUN", description = "As proxima status names it.")
  private String run;

  @Override
  public Integer call() throws InterruptedException {
    try (ClusterClient client = cluster.connect()) {
      System.out.println(
          Replies.accepted(client.ask(replyTo -> new RunQueue.Cancel(run, replyTo)), run));
    }
    return ExitStatus.OK;
  }
}

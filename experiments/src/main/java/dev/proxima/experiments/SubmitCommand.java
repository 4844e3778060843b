package dev.proxima.experiments;

import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.experiments.cluster.ClusterClient;
import dev.proxima.experiments.cluster.ClusterOptions;
import dev.proxima.experiments.cluster.Submissions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code proxima submit}. */
@Command(
    name = "submit",
    description = "Gives an experiment to a cluster; an interrupted one goes on.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SubmitCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;

  @Parameters(paramLabel = "CONFIG", description = "Such as experiments/quickstart.conf.")
  private Path file;

  @Mixin private ExperimentOptions experiment;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder, on shared storage (default: in the cluster's).")
  private Path out;

  @Override
  public Integer call() throws InterruptedException {
    try (ClusterClient client = cluster.connect()) {
      Submission run = Submissions.prepare(file, experiment.overrides(out), cluster.state());
      RunQueue.Reply reply = client.ask(replyTo -> new RunQueue.Submit(run, replyTo));
      System.out.println(Replies.accepted(reply, run.id()) + "; results in " + run.folder());
    }
    return ExitStatus.OK;
  }
}

package dev.proxima.experiments;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.experiments.cluster.ClusterClient;
import dev.proxima.experiments.cluster.ClusterOptions;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code proxima status}. */
@Command(
    name = "status",
    description = "Shows the nodes and runs of a cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StatusCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;

  @Override
  public Integer call() throws InterruptedException {
    try (ClusterClient client = cluster.connect()) {
      print(client.ask(RunQueue.GetStatus::new));
    }
    return ExitStatus.OK;
  }

  private static void print(ClusterStatus status) {
    System.out.printf("Epoch %d, coordinator %s%n", status.epoch(), status.coordinator());
    for (ClusterStatus.Node node : status.nodes()) {
      String work =
          node.work().entrySet().stream()
              .map(slot -> "; " + slot.getKey() + ": " + slot.getValue())
              .collect(Collectors.joining());
      System.out.printf("node %s: %s%s%n", node.name(), node.devices(), work);
    }
    for (ClusterStatus.Run run : status.runs()) {
      String left =
          run.remaining().entrySet().stream()
              .map(kind -> kind.getValue() + " " + kind.getKey())
              .collect(Collectors.joining(", "));
      System.out.printf(
          "run %s: %s%s; %s%n",
          run.submission().id(),
          Replies.status(run.status()),
          left.isEmpty() ? "" : ", left: " + left,
          run.submission().folder());
    }
  }
}

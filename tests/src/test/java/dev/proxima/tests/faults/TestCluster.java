package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.cluster.ClusterClient;
import dev.proxima.experiments.cluster.Security;
import dev.proxima.experiments.cluster.Submissions;
import dev.proxima.experiments.config.Overrides;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A cluster of child JVMs, each dedicated to one role, and a client of it. */
final class TestCluster implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(20);
  private static final Pattern EPOCH = Pattern.compile("epoch (\\d+) begins here");

  private final Path folder;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final ClusterClient client;

  private TestCluster(Path folder, List<NodePlan> plans) {
    this.folder = folder;
    List<String> addresses = plans.stream().map(NodePlan::address).toList();
    // The hosts of a test have a network of their own.
    this.client = ClusterClient.of(addresses, new Security(Optional.empty(), true));
    folder.resolve("nodes").toFile().mkdirs();
    plans.forEach(plan -> nodes.add(NodeProcess.start(plan, addresses, folder)));
  }

  /**
   * @param folder what all nodes share
   */
  static TestCluster start(Path folder, List<NodePlan> plans) {
    return new TestCluster(folder, plans);
  }

  Path folder() {
    return folder;
  }

  List<NodeProcess> nodes() {
    return nodes;
  }

  /** The node that a status names. */
  NodeProcess node(String name) {
    return nodes.stream().filter(node -> name.endsWith(node.address())).findFirst().orElseThrow();
  }

  /** Submits an experiment under a name of its own, with other settings if so wished. */
  Submission submit(Path config, String name, String... settings) throws InterruptedException {
    List<String> assignments = new ArrayList<>(List.of(settings));
    assignments.add("name=" + name);
    Submission run =
        Submissions.prepare(
            config,
            new Overrides(
                assignments,
                Optional.of(folder.resolve("runs").resolve(name)),
                OptionalLong.empty()),
            folder);
    submit(run);
    return run;
  }

  /** Submits a run, or has it go on. */
  void submit(Submission run) throws InterruptedException {
    Patience patience = new Patience(folder);
    while (!accepts(run)) {
      tick(patience);
    }
  }

  private boolean accepts(Submission run) throws InterruptedException {
    try {
      RunQueue.Reply reply = client.ask(replyTo -> new RunQueue.Submit(run, replyTo));
      assertThat(reply).isInstanceOf(RunQueue.Accepted.class);
      return true;
    } catch (UserError e) {
      // There is no coordinator yet, or none just now.
      return false;
    }
  }

  /** What the coordinator says; empty while there is none. */
  Optional<ClusterStatus> status() throws InterruptedException {
    try {
      return Optional.of(client.ask(RunQueue.GetStatus::new));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** Waits for a status, however long it takes while things move. */
  ClusterStatus await(Predicate<ClusterStatus> wanted) throws InterruptedException {
    Patience patience = new Patience(folder);
    while (true) {
      Optional<ClusterStatus> status = status();
      if (status.filter(wanted).isPresent()) {
        return status.get();
      }
      status.ifPresent(patience::saw);
      tick(patience);
    }
  }

  /** Waits for something that is not in a status. */
  void awaitThat(BooleanSupplier wanted) throws InterruptedException {
    Patience patience = new Patience(folder);
    while (!wanted.getAsBoolean()) {
      tick(patience);
    }
  }

  /**
   * Waits for the coordinator of an epoch after this one. Logs tell its moment, where a status
   * would tell that of the next question.
   */
  void awaitEpochAfter(long epoch) throws InterruptedException {
    awaitThat(() -> nodes.stream().anyMatch(node -> latestEpoch(node.log()) > epoch));
  }

  private static long latestEpoch(String log) {
    return EPOCH
        .matcher(log)
        .results()
        .mapToLong(each -> Long.parseLong(each.group(1)))
        .max()
        .orElse(0);
  }

  /** Waits for the end of a run. */
  RunStatus awaitEnd(Submission run) throws InterruptedException {
    ClusterStatus status =
        await(seen -> of(seen, run).filter(known -> known.status().isEnd()).isPresent());
    return of(status, run).orElseThrow().status();
  }

  /** What a status says of a run. */
  static Optional<ClusterStatus.Run> of(ClusterStatus status, Submission run) {
    return status.runs().stream().filter(known -> known.submission().equals(run)).findFirst();
  }

  private void tick(Patience patience) throws InterruptedException {
    nodes.forEach(NodeProcess::revive);
    patience.check();
    Thread.sleep(TICK.toMillis());
  }

  /** Has every node end by itself, and fails where one does not. */
  void stop() throws InterruptedException {
    nodes.forEach(NodeProcess::terminate);
    List<String> stubborn = new ArrayList<>();
    for (NodeProcess node : nodes) {
      if (!node.awaitEnd()) {
        stubborn.add(node.address());
      }
    }
    assertThat(stubborn).as("nodes that do not end on SIGTERM").isEmpty();
  }

  /** Ends all nodes at once. */
  @Override
  public void close() throws InterruptedException {
    nodes.forEach(NodeProcess::kill);
    for (NodeProcess node : nodes) {
      node.awaitEnd();
    }
    client.close();
  }
}

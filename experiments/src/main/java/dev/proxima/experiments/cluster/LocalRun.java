package dev.proxima.experiments.cluster;

import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.experiments.terminal.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** One run on a local cluster, with nodes killed on the way if so wished. */
final class LocalRun {

  private static final Duration TICK = Duration.ofMillis(200);

  private final LocalCluster cluster;
  private final Submission run;
  private final Chaos chaos;
  private final Security security;
  private final Terminal terminal;
  private final FileTail progress;
  private final List<String> deaths = new ArrayList<>();
  private final long begun = System.nanoTime();
  private CompletableFuture<Optional<RunStatus>> question;
  private double nextKill = Double.POSITIVE_INFINITY;
  private long epoch;

  LocalRun(
      LocalCluster cluster, Submission run, Chaos chaos, Security security, Terminal terminal) {
    this.cluster = cluster;
    this.run = run;
    this.chaos = chaos;
    this.security = security;
    this.terminal = terminal;
    this.progress = FileTail.of(run);
  }

  /** Runs to the end; empty where it was stopped before. */
  Optional<RunStatus> execute(BooleanSupplier stop) throws InterruptedException {
    try (ClusterClient client = ClusterClient.of(cluster.addresses(), security)) {
      Optional<RunStatus> end = Optional.empty();
      while (end.isEmpty() && !stop.getAsBoolean()) {
        follow();
        cluster.revive().forEach(node -> say("%s is started again", name(node)));
        if (deaths.size() < chaos.kills() && seconds() >= nextKill) {
          kill();
        }
        end = answer(client);
        Thread.sleep(TICK.toMillis());
      }
      follow();
      return end;
    }
  }

  /** Shows what the run has said; chaos begins when it first says something. */
  private void follow() {
    List<String> lines = progress.lines();
    lines.forEach(terminal::line);
    if (!lines.isEmpty() && nextKill == Double.POSITIVE_INFINITY) {
      nextKill = seconds() + chaos.delay(0);
    }
  }

  /** What died when. */
  List<String> deaths() {
    return deaths;
  }

  private void kill() {
    int victim = chaos.victim(deaths.size(), cluster.size());
    long process = cluster.kill(victim);
    String death = "%s (process %d) killed by SIGKILL".formatted(name(victim), process);
    deaths.add(stamp() + death);
    say("%s", death);
    nextKill = seconds() + chaos.delay(deaths.size());
  }

  /** How the run ended, if it has; asks without waiting. */
  private Optional<RunStatus> answer(ClusterClient client) {
    if (question != null && !question.isDone()) {
      return Optional.empty();
    }
    Optional<RunStatus> known = question == null ? Optional.empty() : question.join();
    question = CompletableFuture.supplyAsync(() -> ask(client));
    return known.filter(RunStatus::isEnd);
  }

  /** The run's status; it is submitted where the cluster has not heard of it. */
  private Optional<RunStatus> ask(ClusterClient client) {
    try {
      ClusterStatus status = client.ask(RunQueue.GetStatus::new);
      if (status.epoch() != epoch) {
        epoch = status.epoch();
        say("epoch %d of the coordinator", epoch);
      }
      for (ClusterStatus.Run known : status.runs()) {
        if (known.submission().equals(run)) {
          return Optional.of(known.status());
        }
      }
      client.<RunQueue.Reply>ask(replyTo -> new RunQueue.Submit(run, replyTo));
    } catch (UserError e) {
      // No coordinator yet, or none any more: there will be one.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private void say(String format, Object... values) {
    terminal.line(stamp() + format.formatted(values));
  }

  private String stamp() {
    return "[%s] ".formatted(Texts.clock(Duration.ofNanos(System.nanoTime() - begun)));
  }

  private double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  private String name(int node) {
    return "node " + cluster.addresses().get(node);
  }
}

package dev.proxima.tests.faults;

import dev.proxima.tests.Proxima;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node of a cluster in a JVM of its own, which can be killed, paused and started again. */
final class NodeProcess {

  private static final long FAREWELL_SECONDS = 120;

  private final NodePlan plan;
  private final List<String> command;
  private final Path cache;
  private final Path output;
  private final Path log;
  private Process process;

  private NodeProcess(NodePlan plan, List<String> seedNodes, Path state) {
    this.plan = plan;
    this.cache = state.resolve("nodes").resolve("cache-" + plan.host() + "-" + plan.port());
    this.command = new ArrayList<>(plan.launcher());
    command.addAll(
        Proxima.command(
            plan.javaOptions(),
            List.of(
                "node",
                "--roles",
                plan.role(),
                "--host",
                plan.host(),
                "--port",
                Integer.toString(plan.port()),
                "--seed-nodes",
                String.join(",", seedNodes),
                "--state",
                state.toString(),
                "--cache",
                cache.toString(),
                "--insecure",
                "--devices",
                "cpu")));
    String name = plan.host() + "-" + plan.port();
    this.output = state.resolve("nodes").resolve(name + ".out");
    this.log = state.resolve("nodes").resolve(name + ".log");
  }

  static NodeProcess start(NodePlan plan, List<String> seedNodes, Path state) {
    NodeProcess node = new NodeProcess(plan, seedNodes, state);
    node.launch();
    return node;
  }

  /** {@code host:port}. */
  String address() {
    return plan.address();
  }

  /** Where parameters come. */
  Path cache() {
    return cache;
  }

  boolean is(String role) {
    return plan.role().equals(role);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has written of all its lives; empty before the first line. */
  String log() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
  }

  /** kill -9; returns when it is dead. */
  void killNow() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: it stands still, with all that it holds. */
  void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  /** Starts it again where it has ended, as systemd or Kubernetes would. */
  void revive() {
    if (!process.isAlive()) {
      launch();
    }
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end and says whether it came; one that does not end is killed. */
  boolean awaitEnd() throws InterruptedException {
    if (process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
      return true;
    }
    process.destroyForcibly().waitFor();
    return false;
  }

  private void launch() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    Commands.run("kill", "-" + name, Long.toString(process.pid()));
  }
}

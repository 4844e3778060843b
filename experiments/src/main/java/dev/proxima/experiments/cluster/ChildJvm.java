package dev.proxima.experiments.cluster;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code proxima} in a JVM of its own, started as this one was. */
final class ChildJvm {

  private static final long FAREWELL_SECONDS = 20;

  private final Process process;

  private ChildJvm(Process process) {
    this.process = process;
  }

  /**
   * @param output where what it prints goes, appended
   */
  static ChildJvm start(List<String> arguments, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Dproxima.tty=false");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.proxima.experiments.Main");
    command.addAll(arguments);
    return new ChildJvm(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: it can do nothing about it. */
  void kill() {
    process.destroyForcibly();
  }

  /** Asks it to leave and waits; one that does not is killed. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}

package dev.proxima.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The command line program in a JVM of its own, as a user starts it. */
public final class Proxima implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 180;

  private final Process process;
  private final BufferedReader output;
  private final Path errors;
  private final List<String> lines = new ArrayList<>();

  /**
   * How a process ended.
   *
   * @param status its exit status
   * @param output the lines of its standard output
   * @param errors the lines of its standard error
   */
  public record Ended(int status, List<String> output, List<String> errors) {}

  private Proxima(List<String> arguments) throws IOException {
    errors = Files.createTempFile("proxima-stderr-", ".txt");
    process =
        new ProcessBuilder(command(List.of(), arguments)).redirectError(errors.toFile()).start();
    output = process.inputReader();
  }

  /** The command that starts {@code proxima} with these options of Java and these arguments. */
  public static List<String> command(List<String> options, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // So short a life ends before the optimising compiler's work pays.
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true"));
    command.addAll(launcherOptions());
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.proxima.experiments.Main"));
    command.addAll(arguments);
    return command;
  }

  /** What the launcher adds so that newer Java versions start without warnings. */
  private static List<String> launcherOptions() {
    return Runtime.version().feature() >= 23
        ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
        : List.of();
  }

  /** Starts {@code proxima} with these arguments. */
  static Proxima start(Object... arguments) throws IOException {
    return new Proxima(List.of(arguments).stream().map(Object::toString).toList());
  }

  /** Runs {@code proxima} with these arguments to its end. */
  public static Ended run(Object... arguments) throws IOException, InterruptedException {
    try (Proxima proxima = start(arguments)) {
      return proxima.await();
    }
  }

  /** Waits for a line of output; fails when the process ends without it. */
  void awaitLine(Predicate<String> wanted) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (wanted.test(line)) {
        return;
      }
    }
    throw new AssertionError("the process ended early: " + lines + Files.readAllLines(errors));
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /**
   * SIGTERM, which the program takes as it takes Ctrl-C; a build in the background would hand down
   * an ignored SIGINT.
   */
  void terminate() {
    process.toHandle().destroy();
  }

  Ended await() throws IOException, InterruptedException {
    output.lines().forEach(lines::add);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + lines);
    }
    return new Ended(process.exitValue(), List.copyOf(lines), Files.readAllLines(errors));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    kill();
    Files.deleteIfExists(errors);
  }
}

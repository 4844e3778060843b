package dev.proxima.experiments;

import dev.proxima.experiments.bench.BenchmarkResult;
import dev.proxima.experiments.bench.BroadcastBenchmark;
import dev.proxima.experiments.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code proxima bench broadcast}. */
@Command(
    name = "broadcast",
    description =
        "How fast parameters come to one node and to a chain of nodes over the data plane, beside plain"
            + " sockets, with and without TLS.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchBroadcastCommand extends BenchmarkCommand {

  private static final String UNITS = "KMG";

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description = "The file's size, such as 512M or 2G; ${DEFAULT-VALUE}.")
  private String size;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "Receivers of the chain; ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measurements of each; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the files lie meanwhile; the system's temporary folder else.")
  private Path folder;

  @Override
  BenchmarkResult measure(Terminal terminal) throws InterruptedException {
    long bytes = bytes();
    check("--nodes", nodes >= 2, "at least 2");
    check("--rounds", rounds >= 1, "at least 1");
    try {
      return BroadcastBenchmark.run(
          new BroadcastBenchmark.Options(bytes, nodes, rounds, Optional.ofNullable(folder)),
          terminal);
    } catch (IOException e) {
      throw new UserError("bench broadcast: " + e.getMessage(), e);
    }
  }

  private long bytes() {
    check("--size", size.matches("[1-9]\\d{0,5}[" + UNITS + "]"), "a size such as 512M or 2G");
    int unit = UNITS.indexOf(size.charAt(size.length() - 1)) + 1;
    long bytes = Long.parseLong(size.substring(0, size.length() - 1)) << (10 * unit);
    check("--size", bytes >= 1 << 20, "at least 1M");
    return bytes;
  }
}

package dev.proxima.experiments;

import dev.proxima.experiments.bench.BenchmarkResult;
import dev.proxima.experiments.bench.CoordinatorBenchmark;
import dev.proxima.experiments.terminal.Terminal;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code proxima bench coordinator}. */
@Command(
    name = "coordinator",
    description =
        "What the coordinator costs a run: works per second, latency of an order, memory and recovery,"
            + " with simulated workers on the real journal.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCoordinatorCommand extends BenchmarkCommand {

  @Option(
      names = "--simulated-workers",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Simulated devices; ${DEFAULT-VALUE} where nothing is said.")
  private int workers;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "Prompt shards of an iteration; four times the workers where nothing is said.")
  private Integer shards;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "2",
      description = "Iterations of each run; ${DEFAULT-VALUE}.")
  private int iterations;

  @Option(
      names = "--shard-seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "Mean time of sampling a shard, where workers take time; ${DEFAULT-VALUE}.")
  private double shardSeconds;

  @Override
  BenchmarkResult measure(Terminal terminal) {
    check("--simulated-workers", workers >= 1, "at least 1");
    check("--shards", shards == null || shards >= 1, "at least 1");
    check("--iterations", iterations >= 1, "at least 1");
    check("--shard-seconds", shardSeconds >= 1e-3, "at least 0.001");
    return CoordinatorBenchmark.run(
        new CoordinatorBenchmark.Options(
            workers,
            shards == null ? 4 * workers : shards,
            iterations,
            Duration.ofNanos((long) (1e9 * shardSeconds))),
        terminal);
  }
}

package dev.proxima.experiments;

import dev.proxima.experiments.config.Overrides;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What a command lays over an experiment's configuration file. */
final class ExperimentOptions {

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the configuration, as in --set training.beta=0.05.")
  private List<String> assignments = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Every random draw derives from it.")
  private Long seed;

  /**
   * @param out the run's folder; null for what the file says
   */
  Overrides overrides(Path out) {
    return new Overrides(
        assignments,
        Optional.ofNullable(out),
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
  }
}

package dev.proxima.experiments;

import picocli.CommandLine.Command;

/** {@code proxima bench}. */
@Command(
    name = "bench",
    description = "Measures this program's speed on this machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      BenchModelsCommand.class,
      BenchBroadcastCommand.class,
      BenchCoordinatorCommand.class
    })
final class BenchCommand {}

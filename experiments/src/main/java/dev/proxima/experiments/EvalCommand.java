package dev.proxima.experiments;

import picocli.CommandLine.Command;

/** {@code proxima eval}. */
@Command(
    name = "eval",
    description = "Evaluates judgements of models' responses.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = EvalWinRateCommand.class)
final class EvalCommand {}

package dev.proxima.experiments;

import dev.proxima.experiments.evaluation.WinRates;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code proxima eval win-rate}. */
@Command(
    name = "win-rate",
    description =
        "Win rates against a baseline, plain and length-controlled (Dubois et al. 2024), in per cent.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class EvalWinRateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "JSONL of judgements: model, preference (1: the baseline's response is better, 2: the model's) and,"
              + " where known, instruction_index, baseline_length, model_length, instruction_difficulty.")
  private Path file;

  @Option(names = "--json", description = "Prints JSON at full precision.")
  private boolean json;

  @Override
  public Integer call() {
    WinRates rates = WinRates.of(file);
    spec.commandLine().getOut().print(json ? rates.json() + "\n" : rates.text());
    spec.commandLine().getOut().flush();
    return ExitStatus.OK;
  }
}

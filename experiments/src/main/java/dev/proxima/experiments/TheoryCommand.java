package dev.proxima.experiments;

import dev.proxima.algorithms.theory.TheoryLaboratory;
import dev.proxima.experiments.report.TheoryReport;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code proxima theory}. */
@Command(
    name = "theory",
    description =
        "Measures the theorems of accelerated preference optimisation on tabular policies.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TheoryCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for summary.json, CSV files and plots.")
  private Path out;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "16",
      description = "Random problems for each theorem, at least 2; ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--alphas",
      paramLabel = "A,...",
      split = ",",
      defaultValue = "0,0.1,0.3,0.5,0.7,0.9",
      description = "Extrapolation parameters in [0, 1); ${DEFAULT-VALUE}.")
  private List<Double> alphas;

  @Override
  public Integer call() {
    if (out != null) {
      TheoryReport.requireNew(out);
    }
    try (Terminal terminal = Screen.detect().terminal()) {
      AtomicInteger done = new AtomicInteger();
      TheoryLaboratory laboratory =
          new TheoryLaboratory(seeds, alphas, () -> terminal.advance(done.incrementAndGet()));
      terminal.stage("theory", laboratory.tasks(), "problems");
      TheoryReport report = new TheoryReport(laboratory.run());
      terminal.close();
      spec.commandLine().getOut().print("\n" + report.text());
      if (out != null) {
        report.write(out);
        spec.commandLine().getOut().printf("%nNumbers and plots  %s%n", out);
      }
      spec.commandLine().getOut().flush();
      return ExitStatus.OK;
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}

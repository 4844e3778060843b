package dev.proxima.experiments;

import dev.proxima.experiments.bench.BenchmarkResult;
import dev.proxima.experiments.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that measures, and prints what it found as a table or as JSON. */
abstract class BenchmarkCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Prints JSON, with every measurement.")
  private boolean json;

  /** Measures, with progress on the terminal. */
  abstract BenchmarkResult measure(Terminal terminal) throws InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    LogFile.open();
    try (Terminal terminal = json ? Terminal.plain(System.err) : Screen.detect().terminal()) {
      BenchmarkResult result = measure(terminal);
      terminal.close();
      spec.commandLine().getOut().println(json ? result.json() : "\n" + result.text());
      return ExitStatus.OK;
    }
  }

  final void check(String option, boolean holds, String accepted) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), option + " takes " + accepted);
    }
  }
}

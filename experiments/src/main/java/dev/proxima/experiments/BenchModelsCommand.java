package dev.proxima.experiments;

import dev.proxima.experiments.bench.BenchModel;
import dev.proxima.experiments.bench.BenchmarkResult;
import dev.proxima.experiments.bench.ModelsBenchmark;
import dev.proxima.experiments.bench.PackingBenchmark;
import dev.proxima.experiments.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code proxima bench models}. */
@Command(
    name = "models",
    description =
        "Training and generation in tokens per second, with the share of what the machine could do at"
            + " best, beside transformers where --python is given.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchModelsCommand extends BenchmarkCommand {

  @ArgGroup private Subject subject = new Subject();

  /** Exclusive ways to say which model. */
  private static final class Subject {

    @Option(names = "--model", paramLabel = "DIR", description = "A model folder.")
    private Path model;

    @Option(
        names = "--shape",
        paramLabel = "NAME",
        defaultValue = "25m",
        description = "A random model: 1m, 25m or 135m; 25m where nothing is said.")
    private String shape = "25m";
  }

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = "A Python interpreter with torch and transformers, to measure beside.")
  private Path python;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measurements of each; ${DEFAULT-VALUE} where nothing is said.")
  private int rounds;

  @Option(
      names = "--train",
      paramLabel = "NxS",
      defaultValue = "8x256",
      description = "Sequences of a training step and their length; ${DEFAULT-VALUE}.")
  private String train;

  @Option(
      names = "--batches",
      paramLabel = "N,...",
      split = ",",
      defaultValue = "1,8,32",
      description = "Responses sampled together; ${DEFAULT-VALUE}.")
  private List<Integer> batches;

  @Option(
      names = "--generate",
      paramLabel = "PxR",
      defaultValue = "32x128",
      description = "Prompt and response tokens of generation; ${DEFAULT-VALUE}.")
  private String generate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of one operation; 0 for all cores.")
  private int threads;

  @Option(
      names = "--packing",
      description =
          "Instead, compares training on packed sequences of different lengths with the same ones filled"
              + " up, for the --shape.")
  private boolean packing;

  @Override
  BenchmarkResult measure(Terminal terminal) {
    int[] training = product("--train", train);
    int[] generation = product("--generate", generate);
    check("--train", training[1] >= 2, "sequences of at least 2 tokens");
    check("--rounds", rounds >= 1, "at least 1");
    check("--threads", threads >= 0, "at least 0");
    check("--batches", batches.stream().allMatch(rows -> rows >= 1), "numbers of at least 1");
    check("--packing", !packing || (subject.model == null && python == null), "a --shape");
    try {
      if (packing) {
        return PackingBenchmark.run(BenchModel.of(subject.shape), rounds, threads, terminal);
      }
      return ModelsBenchmark.run(
          new ModelsBenchmark.Options(
              Optional.ofNullable(subject.model),
              BenchModel.of(subject.shape),
              Optional.ofNullable(python),
              rounds,
              training[0],
              training[1],
              batches,
              generation[0],
              generation[1],
              threads),
          terminal);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private int[] product(String option, String value) {
    check(option, value.matches("[1-9]\\d{0,5}x[1-9]\\d{0,5}"), "two numbers, as in 8x256");
    String[] factors = value.split("x");
    return new int[] {Integer.parseInt(factors[0]), Integer.parseInt(factors[1])};
  }
}

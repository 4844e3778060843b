package dev.proxima.experiments;

import dev.proxima.algorithms.text.NearestName;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.models.Precision;
import dev.proxima.models.ResponseEncoder.Joining;
import dev.proxima.models.ResponseEncoder.Truncation;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code proxima}. Its exit status is 0 when all went well, 1 for an error of the
 * program, 2 for a mistake that the user can mend and 130 when interrupted.
 */
@Command(
    name = "proxima",
    description = "Accelerated preference optimisation of language models.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      GenerateCommand.class,
      ScoreCommand.class,
      TheoryCommand.class,
      EvalCommand.class,
      BenchCommand.class,
      NodeCommand.class,
      SubmitCommand.class,
      StatusCommand.class,
      CancelCommand.class,
      LogsCommand.class,
      ClusterCommand.class,
      DoctorCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:All went well.",
      "1:The program failed; the message names the log.",
      "2:A mistake that you can mend; the message says how.",
      "130:Interrupted."
    })
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    LogFile.setTemporary();
    System.exit(execute(args));
  }

  static int execute(String... args) {
    Screen screen = Screen.detect();
    CommandLine commandLine =
        new CommandLine(new Main())
            .registerConverter(Precision.class, new EnumName<>(Precision.class))
            .registerConverter(Truncation.class, new EnumName<>(Truncation.class))
            .registerConverter(Joining.class, new EnumName<>(Joining.class))
            .registerConverter(Strings.class, new EnumName<>(Strings.class))
            .setColorScheme(Help.defaultColorScheme(screen.colour() ? Help.Ansi.ON : Help.Ansi.OFF))
            .setParameterExceptionHandler(Main::misused)
            .setExecutionExceptionHandler((e, command, parsed) -> failed(command, e));
    try {
      return commandLine.execute(args);
    } catch (Error e) {
      return failed(commandLine, e);
    }
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String message =
        e instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched.getUnmatched().get(0), command)
            : e.getMessage().replaceFirst("^Error: ", "");
    command
        .getErr()
        .printf("proxima: %s%nSee: %s --help%n", message, command.getCommandSpec().qualifiedName());
    return ExitStatus.USER_ERROR;
  }

  private static String unknown(String argument, CommandLine command) {
    Set<String> known = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
    known.removeIf(option -> !option.startsWith("--"));
    known.addAll(command.getSubcommands().keySet());
    return "unknown argument '%s'; did you mean %s?"
        .formatted(argument, NearestName.of(argument, known).orElseThrow());
  }

  private static int failed(CommandLine command, Throwable e) {
    if (e instanceof UserError) {
      command.getErr().println("proxima: " + e.getMessage());
      return ExitStatus.USER_ERROR;
    }
    if (e instanceof InterruptedException) {
      command.getErr().println("proxima: interrupted");
      return ExitStatus.INTERRUPTED;
    }
    LoggerFactory.getLogger(Main.class).error("{} (details: {})", e, LogFile.path(), e);
    return ExitStatus.FAILED;
  }
}
